package dev.withal.stress.soak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.AsyncContextManager;
import dev.withal.AsyncExitStack;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * L10 across threads: of the stages of a deep nest, some are complete already, some complete on
 * either of two threads with little stack, so that the way down and the way up change threads
 * anywhere.
 */
class DepthTest {
  private static final long SEED = Long.getLong("depth.seed", 1);
  private static final int LEVELS = 20_000;
  private static final long SMALL_STACK = 256 * 1024;

  private final ExecutorService threads =
      Executors.newFixedThreadPool(
          2, task -> Thread.ofPlatform().stackSize(SMALL_STACK).unstarted(task));

  @AfterEach
  void end() {
    threads.shutdown();
  }

  @Test
  void l10_nestOfTwoThreads_endsInBoundedStack() throws Exception {
    check(SEED, Long.getLong("depth.count", 20));
  }

  @Test
  @Tag("stress")
  @Timeout(value = 5, unit = TimeUnit.MINUTES)
  void l10_moreNestsOfTwoThreads_endInBoundedStack() throws Exception {
    check(SEED + 20, Long.getLong("depth.count", 300));
  }

  private void check(long first, long count) throws Exception {
    for (long seed = first; seed < first + count; seed++) {
      var nest = new Nest(new Random(seed));
      String end = nest.from(LEVELS).get(20, TimeUnit.SECONDS);
      assertThat(end).as("seed %d", seed).isEqualTo("innermost");
      assertThat(nest.left).as("seed %d", seed).hasValue(LEVELS);

      AsyncExitStack stack = AsyncExitStack.open();
      nest.left.set(0);
      for (int level = LEVELS; level > 0; level--) {
        stack.enterAsync(nest.manager(level));
      }
      stack.closeAsync().get(20, TimeUnit.SECONDS);
      assertThat(nest.left).as("seed %d, on a stack", seed).hasValue(LEVELS);
    }
  }

  private final class Nest {
    private final Random random;

    /** The level that was left last: they are numbered from the innermost, which is 1. */
    private final AtomicInteger left = new AtomicInteger();

    Nest(Random random) {
      this.random = random;
    }

    CompletableFuture<String> from(int level) {
      return manager(level)
          .useAsync(ignored ->
              level == 1 ? CompletableFuture.completedFuture("innermost") : from(level - 1));
    }

    AsyncContextManager<Integer> manager(int level) {
      return AsyncContextManager.closing(() -> sometime(level), this::leave);
    }

    /** Exits inside out (L4): another order is a failure. */
    private CompletionStage<Integer> leave(int level) {
      if (!left.compareAndSet(level - 1, level)) {
        throw new IllegalStateException("level " + level + " was left after level " + left);
      }
      return sometime(level);
    }

    private CompletionStage<Integer> sometime(int level) {
      return random.nextInt(4) == 0
          ? CompletableFuture.supplyAsync(() -> level, threads)
          : CompletableFuture.completedStage(level);
    }
  }
}
