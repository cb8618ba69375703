package dev.withal.benchmarks.peers

import java.util.List as JavaList
import zio.*

/** ZIO's `Scope`: `acquireRelease` inside of `scoped`. */
final class Zio extends FiberPeer[Task[Integer]]:

  override def use(source: Source): Task[Integer] =
    val result = Option(source.failure).fold(ZIO.succeed(Source.RESULT))(ZIO.fail)
    ZIO.scoped(
      ZIO
        .acquireRelease(ZIO.succeed(source.acquire()))(handle => ZIO.succeed(handle.close()))
        .flatMap(_ => result))

  override def run(uses: JavaList[? <: Task[Integer]]): Unit =
    def from(index: Int): UIO[Unit] =
      if index == uses.size then ZIO.unit
      else uses.get(index).ignore.flatMap(_ => from(index + 1))
    Unsafe.unsafe(implicit unsafe =>
      Runtime.default.unsafe.run(from(0)).getOrThrowFiberFailure())
