package dev.withal.rxjava;

import dev.withal.AsyncContext;
import dev.withal.AsyncContextManager;
import dev.withal.adapters.testing.InBody;
import dev.withal.testkit.ManagerLaws;
import io.reactivex.rxjava3.core.Completable;
import io.reactivex.rxjava3.core.Maybe;
import io.reactivex.rxjava3.core.Single;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The laws, through the adapter in both directions. */
class RxJavaLawsTest {

  @Test
  void acquired_keepsTheLaws() throws InterruptedException {
    var open = new AtomicInteger();
    ManagerLaws.of(gate ->
            WithalRxJava.closing(
                Completable.defer(() -> Completable.fromCompletionStage(gate.step("open")))
                    .andThen(Single.fromCallable(open::incrementAndGet)),
                _ ->
                    Completable.defer(() -> Completable.fromCompletionStage(gate.step("close")))
                        .doOnComplete(open::decrementAndGet)))
        .holding(open::get)
        .check();
  }

  @Test
  void maybe_keepsTheLaws() throws InterruptedException {
    ManagerLaws.of(gate -> new ThroughMaybe(gate.manager("inner"))).check();
  }

  /** The body of a use as a {@code Maybe}, made a context of. */
  private record ThroughMaybe(AsyncContextManager<String> inner)
      implements AsyncContextManager<String> {
    @Override
    public CompletionStage<AsyncContext<String>> enterAsync() {
      var entered = new CompletableFuture<AsyncContext<String>>();
      var end = new CompletableFuture<String>();
      var over = new CompletableFuture<Void>();
      WithalRxJava.maybe(
              inner,
              value -> {
                entered.complete(new InBody(value, end, over));
                return Maybe.fromCompletionStage(end);
              })
          .subscribe(
              _ -> over.complete(null),
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
