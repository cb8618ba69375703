package dev.withal.testkit;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Phaser;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How the law suite waits in real time. */
class PaceTest {
  private final ManualExecutor executor = new ManualExecutor();

  @Test
  void settle_taskHasNotBegun_tellsOfIt() throws InterruptedException {
    try (var pace = new Pace.Real(Duration.ZERO)) {
      pace.known(executor).execute(() -> {});

      assertThat(pace.settle()).hasMessage("a task never begins");
    }
  }

  @Test
  void settle_taskRuns_tellsWhereItIs() throws InterruptedException {
    try (var pace = new Pace.Real(Duration.ZERO);
        var threads =
            Executors.newSingleThreadExecutor(Thread.ofPlatform().name("held").factory())) {
      var steps = new Phaser(2);
      pace.known(threads)
          .execute(() -> {
            steps.arriveAndAwaitAdvance();
            steps.arriveAndAwaitAdvance();
          });
      steps.arriveAndAwaitAdvance();

      @Nullable Throwable where = pace.settle();
      steps.arriveAndAwaitAdvance();

      assertThat(where).hasMessage("held");
      assertThat(requireNonNull(where).getStackTrace())
          .anyMatch(frame -> frame.getMethodName().equals("arriveAndAwaitAdvance"));
    }
  }

  @Test
  void settle_allTasksHaveEnded_isSettled() throws InterruptedException {
    try (var pace = new Pace.Real(Duration.ZERO)) {
      pace.known(executor).execute(() -> {});
      pace.known(executor).execute(() -> {});
      executor.runAll();

      assertThat(pace.settle()).isNull();
      assertThat(pace.settle()).isNull();
    }
  }

  /** A step let go on another thread may count what it acquires only after a while. */
  @Test
  void settle_taskEndsLater_waitsForIt() throws Exception {
    var journal = new Journal();
    try (var pace = new Pace.Real();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      pace.known(executor).execute(() -> journal.add("the step goes"));
      var settled =
          threads.submit(() -> {
            @Nullable Throwable stuck = pace.settle();
            journal.add("settled, " + stuck);
            return stuck;
          });

      executor.runNext();

      assertThat(settled.get()).isNull();
      assertThat(journal.events()).containsExactly("the step goes", "settled, null");
    }
  }
}
