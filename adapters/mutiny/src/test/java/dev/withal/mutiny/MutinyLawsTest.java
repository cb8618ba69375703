package dev.withal.mutiny;

import dev.withal.AsyncContext;
import dev.withal.AsyncContextManager;
import dev.withal.adapters.testing.InBody;
import dev.withal.testkit.ManagerLaws;
import io.smallrye.mutiny.Uni;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The laws, through the adapter in both directions. */
class MutinyLawsTest {

  @Test
  void acquired_keepsTheLaws() throws InterruptedException {
    var open = new AtomicInteger();
    ManagerLaws.of(gate ->
            WithalMutiny.closing(
                Uni.createFrom()
                    .completionStage(() -> gate.step("open"))
                    .map(_ -> open.incrementAndGet()),
                _ ->
                    Uni.createFrom()
                        .completionStage(() -> gate.step("close"))
                        .invoke(open::decrementAndGet)))
        .holding(open::get)
        .check();
  }

  @Test
  void uni_keepsTheLaws() throws InterruptedException {
    ManagerLaws.of(gate -> new ThroughUni(gate.manager("inner"))).check();
  }

  /** The body of a use as a {@code Uni}, made a context of. */
  private record ThroughUni(AsyncContextManager<String> inner)
      implements AsyncContextManager<String> {
    @Override
    public CompletionStage<AsyncContext<String>> enterAsync() {
      var entered = new CompletableFuture<AsyncContext<String>>();
      var end = new CompletableFuture<String>();
      var over = new CompletableFuture<Void>();
      WithalMutiny.uni(
              inner,
              value -> {
                entered.complete(new InBody(value, end, over));
                return Uni.createFrom().completionStage(end);
              })
          .subscribe()
          .with(
              _ -> over.complete(null),
              error -> {
                if (!entered.completeExceptionally(error)) {
                  over.completeExceptionally(error);
                }
              });
      return entered;
    }
  }
}
