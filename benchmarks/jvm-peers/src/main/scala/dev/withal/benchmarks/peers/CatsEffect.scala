package dev.withal.benchmarks.peers

import cats.effect.IO
import cats.effect.Resource
import cats.effect.unsafe.implicits.global
import java.util.List as JavaList

/** cats-effect's `Resource.make`, and `use`. */
final class CatsEffect extends FiberPeer[IO[Integer]], Nesting:

  override def use(source: Source): IO[Integer] =
    val result = Option(source.failure).fold(IO.pure(Source.RESULT))(IO.raiseError)
    resource(source).use(_ => result)

  private def resource(source: Source): Resource[IO, Source#Handle] =
    source match
      case later: LaterSource =>
        Resource.make(IO.async_[Source#Handle](done =>
          later.loop.execute(() => done(Right(later.acquire())))))(handle =>
          IO.async_[Unit](done => later.loop.execute(() => done(Right(handle.close())))))
      case _ => Resource.make(IO(source.acquire()))(handle => IO(handle.close()))

  override def run(uses: JavaList[? <: IO[Integer]]): Unit =
    def from(index: Int): IO[Unit] =
      if index == uses.size then IO.unit
      else uses.get(index).attempt.flatMap(_ => from(index + 1))
    from(0).unsafeRunSync()

  override def nest(source: Source, depth: Int): Integer =
    val handle = resource(source)
    def nested(level: Int): IO[Integer] =
      handle.use(_ => if level == 1 then IO.pure(Source.RESULT) else nested(level - 1))
    nested(depth).unsafeRunSync()
