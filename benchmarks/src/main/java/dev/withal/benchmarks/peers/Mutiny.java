package dev.withal.benchmarks.peers;

import io.smallrye.mutiny.Uni;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/** Mutiny's {@code Uni}, with the release as what it does eventually. */
public final class Mutiny implements Peer {

  @Override
  public Supplier<Future<Integer>> use(Source source) {
    Exception failure = source.failure();
    Uni<Integer> result =
        failure == null ? Uni.createFrom().item(Source.RESULT) : Uni.createFrom().failure(failure);
    Uni<Integer> use =
        Uni.createFrom()
            .item(source::acquire)
            .chain(handle -> result.eventually(() -> released(handle)));
    return use::subscribeAsCompletionStage;
  }

  private static Uni<Void> released(Source.Handle handle) {
    handle.close();
    return Uni.createFrom().voidItem();
  }
}
