package dev.withal.benchmarks.peers;

import java.util.concurrent.Future;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;

/** Reactor's {@code Mono.usingWhen}, assembled once and subscribed to for each use. */
public final class Reactor implements Peer {

  @Override
  public Supplier<Future<Integer>> use(Source source) {
    Exception failure = source.failure();
    Mono<Integer> result = failure == null ? Mono.just(Source.RESULT) : Mono.error(failure);
    Mono<Integer> use =
        Mono.usingWhen(Mono.fromCallable(source::acquire), _ -> result, handle -> released(handle));
    return use::toFuture;
  }

  private static Mono<Void> released(Source.Handle handle) {
    handle.close();
    return Mono.empty();
  }
}
