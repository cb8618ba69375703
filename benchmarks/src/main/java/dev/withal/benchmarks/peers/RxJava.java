package dev.withal.benchmarks.peers;

import io.reactivex.rxjava3.core.Single;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/** RxJava's {@code Single.using}, assembled once and subscribed to for each use. */
public final class RxJava implements Peer {

  @Override
  public Supplier<Future<Integer>> use(Source source) {
    Exception failure = source.failure();
    Single<Integer> result = failure == null ? Single.just(Source.RESULT) : Single.error(failure);
    Single<Integer> use = Single.using(source::acquire, _ -> result, Source.Handle::close);
    return () -> use.toCompletionStage().toCompletableFuture();
  }
}
