package dev.withal.benchmarks.peers;

import dev.withal.rxjava.WithalRxJava;
import io.reactivex.rxjava3.core.Single;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/** Withal's uses as {@code Single}, assembled once and subscribed to for each use. */
public final class RxJavaSingle implements Peer {

  @Override
  public Supplier<Future<Integer>> use(Source source) {
    Single<Integer> result = Single.just(Source.RESULT);
    Single<Integer> use = WithalRxJava.single(Withal.manager(source), _ -> result);
    return () -> use.toCompletionStage().toCompletableFuture();
  }
}
