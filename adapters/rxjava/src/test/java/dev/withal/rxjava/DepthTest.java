package dev.withal.rxjava;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.AsyncContextManager;
import io.reactivex.rxjava3.core.Maybe;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Uses nest at any depth, in bounded stack. */
@Tag("slow")
class DepthTest {
  private static final int DEPTH = 100_000;

  /** Where cancelling and failing are tried in each build. */
  private static final int SHALLOWER = 20_000;

  private final AtomicInteger entered = new AtomicInteger();
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicInteger outOfOrder = new AtomicInteger();

  private Maybe<Integer> nest(int depth, Maybe<Integer> body) {
    Maybe<Integer> nest = body;
    for (int i = depth - 1; i >= 0; i--) {
      Maybe<Integer> inside = nest;
      nest = WithalRxJava.maybe(level(i), _ -> inside);
    }
    return nest;
  }

  private AsyncContextManager<Integer> level(int level) {
    return AsyncContextManager.closing(
        () -> {
          entered.incrementAndGet();
          open.incrementAndGet();
          return CompletableFuture.completedFuture(level);
        },
        _ -> {
          if (open.decrementAndGet() != level) {
            outOfOrder.incrementAndGet();
          }
          return CompletableFuture.completedFuture(null);
        });
  }

  @Test
  void nest_ofUses_endsInBoundedStackInsideOut() {
    assertThat(nest(DEPTH, Maybe.just(7)).blockingGet()).isEqualTo(7);

    assertThat(entered).hasValue(DEPTH);
    assertThat(open).hasValue(0);
    assertThat(outOfOrder).hasValue(0);
  }

  @Test
  void nest_isCancelled_endsInBoundedStackInsideOut() {
    cancelled(SHALLOWER);
  }

  @Test
  void nest_fails_endsInBoundedStackInsideOut() {
    failing(SHALLOWER);
  }

  @Test
  @Tag("stress")
  void nest_thatIsDeeper_endsInBoundedStackInsideOut() {
    cancelled(DEPTH);
    failing(DEPTH);
  }

  private void cancelled(int depth) {
    entered.set(0);
    nest(depth, Maybe.never()).subscribe().dispose();

    assertThat(entered).hasValue(depth);
    assertThat(open).hasValue(0);
    assertThat(outOfOrder).hasValue(0);
  }

  private void failing(int depth) {
    var failure = new IllegalStateException("the body fails");
    var seen = new CompletableFuture<Throwable>();
    nest(depth, Maybe.error(failure)).subscribe(_ -> {}, seen::complete);

    assertThat(seen).isCompletedWithValue(failure);
    assertThat(open).hasValue(0);
    assertThat(outOfOrder).hasValue(0);
  }
}
