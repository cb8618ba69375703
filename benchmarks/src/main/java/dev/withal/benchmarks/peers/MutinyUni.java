package dev.withal.benchmarks.peers;

import dev.withal.mutiny.WithalMutiny;
import io.smallrye.mutiny.Uni;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/** Withal's uses as {@code Uni}, assembled once and subscribed to for each use. */
public final class MutinyUni implements Peer {

  @Override
  public Supplier<Future<Integer>> use(Source source) {
    Uni<Integer> result = Uni.createFrom().item(Source.RESULT);
    Uni<Integer> use = WithalMutiny.uni(Withal.manager(source), _ -> result);
    return use::subscribeAsCompletionStage;
  }
}
