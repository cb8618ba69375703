package dev.withal.reactor;

import dev.withal.AsyncContext;
import dev.withal.AsyncContextManager;
import dev.withal.adapters.testing.InBody;
import dev.withal.testkit.ManagerLaws;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** The laws, through the adapter in both directions. */
class ReactorLawsTest {

  @Test
  void acquired_keepsTheLaws() throws InterruptedException {
    var open = new AtomicInteger();
    ManagerLaws.of(gate ->
            WithalReactor.closing(
                Mono.defer(() -> Mono.fromCompletionStage(gate.step("open")))
                    .then(Mono.fromSupplier(open::incrementAndGet)),
                _ ->
                    Mono.defer(() -> Mono.fromCompletionStage(gate.step("close")))
                        .doOnSuccess(_ -> open.decrementAndGet())))
        .holding(open::get)
        .check();
  }

  @Test
  void mono_keepsTheLaws() throws InterruptedException {
    ManagerLaws.of(gate -> new ThroughMono(gate.manager("inner"))).check();
  }

  /** The body of a use as a {@code Mono}, made a context of. */
  private record ThroughMono(AsyncContextManager<String> inner)
      implements AsyncContextManager<String> {
    @Override
    public CompletionStage<AsyncContext<String>> enterAsync() {
      var entered = new CompletableFuture<AsyncContext<String>>();
      var end = new CompletableFuture<String>();
      var over = new CompletableFuture<Void>();
      WithalReactor.mono(
              inner,
              value -> {
                entered.complete(new InBody(value, end, over));
                return Mono.fromFuture(end, true);
              })
          .subscribe(
              _ -> {},
              error -> {
                if (!entered.completeExceptionally(error)) {
                  over.completeExceptionally(error);
                }
              },
              () -> over.complete(null));
      return entered;
    }
  }
}
