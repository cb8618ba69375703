package dev.withal.benchmarks.peers;

import java.util.concurrent.Future;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;

/** Reactor's {@code Mono.usingWhen} over an interface that gives futures. */
public final class ReactorOfFutures implements Peer {

  @Override
  public Supplier<Future<Integer>> use(Source source) {
    Mono<Integer> use =
        Mono.usingWhen(
            Mono.fromFuture(source::acquireAsync),
            handle -> Mono.fromFuture(handle.readAsync()),
            handle -> Mono.fromFuture(handle.closeAsync()));
    return use::toFuture;
  }
}
