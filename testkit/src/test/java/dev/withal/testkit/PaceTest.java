package dev.withal.testkit;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Phaser;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How the law suite waits in real time. */
class PaceTest {
  private final ManualExecutor executor = new ManualExecutor();

  @Test
  void settle_taskHasNotBegun_tellsOfIt() throws InterruptedException {
    try (var pace = new Pace.Real()) {
      pace.known(executor).execute(() -> {});

      assertThat(pace.settle(Duration.ZERO)).hasMessage("a task that waits for a thread");
    }
  }

  @Test
  void settle_taskRuns_tellsWhereItIs() throws InterruptedException {
    try (var pace = new Pace.Real();
        var threads =
            Executors.newSingleThreadExecutor(Thread.ofPlatform().name("held").factory())) {
      var steps = new Phaser(2);
      pace.known(threads)
          .execute(() -> {
            steps.arriveAndAwaitAdvance();
            steps.arriveAndAwaitAdvance();
          });
      steps.arriveAndAwaitAdvance();

      @Nullable Throwable where = pace.settle(Duration.ZERO);
      steps.arriveAndAwaitAdvance();

      assertThat(where).hasMessage("held");
      assertThat(requireNonNull(where).getStackTrace())
          .anyMatch(frame -> frame.getMethodName().equals("arriveAndAwaitAdvance"));
    }
  }

  @Test
  void settle_allTasksHaveEnded_isSettled() throws InterruptedException {
    try (var pace = new Pace.Real()) {
      pace.known(executor).execute(() -> {});
      pace.known(executor).execute(() -> {});
      executor.runAll();

      assertThat(pace.settle(Duration.ZERO)).isNull();
      assertThat(pace.settle(Duration.ZERO)).isNull();
    }
  }

  @Test
  void settle_executorHasRefused_isSettled() throws InterruptedException {
    try (var pace = new Pace.Real()) {
      Executor refusing = pace.known(_ -> refuse());

      assertThatThrownBy(() -> refusing.execute(() -> {}))
          .isInstanceOf(RejectedExecutionException.class);
      assertThat(pace.settle(Duration.ZERO)).isNull();
    }
  }

  @Test
  void settle_taskHasThrownOnThisThread_countsItOnce() throws InterruptedException {
    try (var pace = new Pace.Real()) {
      Executor direct = pace.known(Runnable::run);
      pace.known(executor).execute(() -> {});

      assertThatThrownBy(() -> direct.execute(PaceTest::refuse))
          .isInstanceOf(RejectedExecutionException.class);
      assertThat(pace.settle(Duration.ZERO)).hasMessage("a task that waits for a thread");
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
            @Nullable Throwable stuck = pace.settle(Pace.HELD);
            journal.add("settled, " + stuck);
            return stuck;
          });

      executor.runNext();

      assertThat(settled.get()).isNull();
      assertThat(journal.events()).containsExactly("the step goes", "settled, null");
    }
  }

  private static void refuse() {
    throw new RejectedExecutionException("refused");
  }
}
