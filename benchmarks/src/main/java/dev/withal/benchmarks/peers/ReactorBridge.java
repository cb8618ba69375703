package dev.withal.benchmarks.peers;

import java.util.concurrent.Future;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;

/** Withal in Reactor by way of futures, which lets nested exits overlap when it is cancelled. */
public final class ReactorBridge implements Peer {

  @Override
  public Supplier<Future<Integer>> use(Source source) {
    var handle = Withal.manager(source);
    Mono<Integer> use =
        Mono.fromFuture(() -> handle.useAsync(_ -> Mono.just(Source.RESULT).toFuture()));
    return use::toFuture;
  }
}
