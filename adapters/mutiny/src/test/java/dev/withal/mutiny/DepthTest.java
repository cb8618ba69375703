package dev.withal.mutiny;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.AsyncContextManager;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
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

  private Uni<Integer> nest(int depth, Uni<Integer> body) {
    Uni<Integer> nest = body;
    for (int i = depth - 1; i >= 0; i--) {
      Uni<Integer> inside = nest;
      nest = WithalMutiny.uni(level(i), _ -> inside);
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
    assertThat(nest(DEPTH, Uni.createFrom().item(7)).await().atMost(Duration.ofSeconds(25)))
        .isEqualTo(7);

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
    nest(depth, Uni.createFrom().nothing()).subscribe().with(_ -> {}, _ -> {}).cancel();

    assertThat(entered).hasValue(depth);
    assertThat(open).hasValue(0);
    assertThat(outOfOrder).hasValue(0);
  }

  private void failing(int depth) {
    var failure = new IllegalStateException("the body fails");
    var seen = new CompletableFuture<Throwable>();
    nest(depth, Uni.createFrom().failure(failure)).subscribe().with(_ -> {}, seen::complete);

    assertThat(seen).isCompletedWithValue(failure);
    assertThat(open).hasValue(0);
    assertThat(outOfOrder).hasValue(0);
  }
}
