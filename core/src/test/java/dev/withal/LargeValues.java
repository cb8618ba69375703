package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.testkit.VirtualTime;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/**
 * What a test of memory needs: values that stand for something large, and whether any of them can
 * still be reached. Without {@code LeakCheck}, which keeps all contexts.
 */
abstract class LargeValues {
  static final Duration STEP = Duration.ofMillis(10);

  /** Stands for something large. */
  static final class Large {}

  /** An error that holds something large. */
  static final class LargeError extends Exception {
    private static final long serialVersionUID = 1;
    final transient Large large;

    LargeError(Large large) {
      super("large");
      this.large = large;
    }
  }

  final List<WeakReference<Large>> all = new ArrayList<>();

  /** What lives on. */
  final List<Object> kept = new ArrayList<>();

  final VirtualTime time = VirtualTime.install();

  @AfterEach
  void endTime() {
    time.close();
  }

  Large large() {
    var large = new Large();
    all.add(new WeakReference<>(large));
    return large;
  }

  CompletableFuture<Integer> later(@Nullable Object value) {
    return Async.sleepAsync(STEP).thenApply(_ -> value == null ? 0 : 1);
  }

  <R> CompletableFuture<R> finish(CompletableFuture<R> use) {
    time.advance(Duration.ofSeconds(5));
    assertThat(use).isDone();
    return use;
  }

  void assertNothingIsKept(int made) {
    assertThat(all).hasSize(made);
    try {
      for (int i = 0; i < 20 && all.stream().anyMatch(large -> large.get() != null); i++) {
        System.gc();
      }
      assertThat(all).allMatch(large -> large.get() == null);
    } finally {
      Reference.reachabilityFence(kept);
    }
  }
}
