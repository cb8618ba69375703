package dev.withal.benchmarks.peers;

import dev.withal.AsyncContextManager;
import dev.withal.reactor.WithalReactor;
import java.util.Objects;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;

/** Withal's uses as {@code Mono}, assembled once and subscribed to for each use. */
public final class ReactorMono implements Peer, Nesting {

  @Override
  public Supplier<Future<Integer>> use(Source source) {
    Exception failure = source.failure();
    Mono<Integer> result = failure == null ? Mono.just(Source.RESULT) : Mono.error(failure);
    Mono<Integer> use = WithalReactor.mono(Withal.manager(source), _ -> result);
    return use::toFuture;
  }

  @Override
  public Integer nest(Source source, int depth) {
    return Objects.requireNonNull(nest(Withal.manager(source), depth).block());
  }

  private static Mono<Integer> nest(AsyncContextManager<Source.Handle> handle, int depth) {
    return WithalReactor.mono(
        handle, _ -> depth == 1 ? Mono.just(Source.RESULT) : nest(handle, depth - 1));
  }
}
