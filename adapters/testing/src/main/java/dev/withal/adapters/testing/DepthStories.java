package dev.withal.adapters.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.AsyncContextManager;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Uses nest at any depth, in bounded stack. */
@Tag("slow")
public abstract class DepthStories<S> {
  private static final int DEPTH = 100_000;

  /** Where cancelling and failing are tried in each build. */
  private static final int SHALLOWER = 20_000;

  private final AtomicInteger entered = new AtomicInteger();
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicInteger outOfOrder = new AtomicInteger();
  private final Library<S> library;

  protected DepthStories(Library<S> library) {
    this.library = library;
  }

  private S nest(int depth, S body) {
    S nest = body;
    for (int i = depth - 1; i >= 0; i--) {
      S inside = nest;
      nest = library.use(level(i), _ -> inside);
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
    var seen = new CompletableFuture<Integer>();
    library.subscribe(nest(DEPTH, library.just(7)), seen::complete, seen::completeExceptionally);

    assertThat(seen).isCompletedWithValue(7);
    assertAllIsOver(DEPTH);
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
    library.subscribe(nest(depth, library.never()), _ -> {}, _ -> {}).run();

    assertAllIsOver(depth);
  }

  private void failing(int depth) {
    var failure = new IllegalStateException("the body fails");
    var seen = new CompletableFuture<Throwable>();
    library.subscribe(nest(depth, library.failed(failure)), _ -> {}, seen::complete);

    assertThat(seen).isCompletedWithValue(failure);
    assertAllIsOver(depth);
  }

  private void assertAllIsOver(int depth) {
    assertThat(entered.getAndSet(0)).isEqualTo(depth);
    assertThat(open).hasValue(0);
    assertThat(outOfOrder).hasValue(0);
  }
}
