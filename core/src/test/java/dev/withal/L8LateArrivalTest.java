package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.ManualExecutor;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** L8: what arrives for a caller who has given up is exited exactly once. */
@ExtendWith(LeakCheck.class)
class L8LateArrivalTest {
  private final Journal journal = new Journal();
  private final ByHand manager = new ByHand(journal);
  private final List<Report> reports = new ArrayList<>();

  @Test
  void cancel_enterArrivesWithinTheGracePeriod_isExitedBeforeTheResult(VirtualTime time) {
    CompletableFuture<String> result = useNever();

    assertThat(result.cancel(true)).isTrue();
    time.advance(Duration.ofMillis(500));
    assertThat(result).isNotDone();
    manager.arrive();
    assertThat(result).isNotDone();
    manager.exit.complete(Verdict.PROPAGATE);

    assertThat(result).isCancelled();
    assertThat(journal.events()).containsExactly("enter", "exit cancelled CancellationException");
    assertThat(time.pendingTimers()).isZero();
  }

  @Test
  void cancel_enterArrivesAfterTheGracePeriod_isExitedInTheBackground(VirtualTime time) {
    CompletableFuture<String> result = useNever();

    result.cancel(true);
    time.advance(Duration.ofSeconds(1));
    assertThat(result).isCancelled();
    assertThat(journal.events()).containsExactly("enter");
    manager.arrive();
    manager.exit.complete(Verdict.PROPAGATE);

    assertThat(journal.events()).containsExactly("enter", "exit cancelled CancellationException");
  }

  @Test
  void cancel_enterNeverArrives_givesTheResultAfterTheGracePeriod(VirtualTime time) {
    CompletableFuture<String> result = useNever();

    result.cancel(true);
    time.advance(Duration.ofMillis(999));
    assertThat(result).isNotDone();
    time.advance(Duration.ofMillis(1));

    assertThat(result).isCancelled();
    assertThat(journal.events()).containsExactly("enter");
  }

  @Test
  void orTimeout_enterArrivesLate_isExitedToldWhy(VirtualTime time) {
    CompletableFuture<String> result = useNever().orTimeout(10, TimeUnit.MILLISECONDS);

    time.advance(Duration.ofMillis(10));
    manager.arrive();
    manager.exit.complete(Verdict.PROPAGATE);

    assertThat(result.exceptionNow()).isExactlyInstanceOf(TimeoutException.class);
    assertThat(journal.events()).containsExactly("enter", "exit cancelled TimeoutException");
  }

  @Test
  void cancel_enterFailsLate_keepsTheErrorOrReportsIt(VirtualTime time) {
    var within = new IOException("within the grace period");
    CompletableFuture<String> result = useNever();
    result.cancel(true);

    manager.enter.completeExceptionally(within);

    Throwable thrown = catchThrowable(result::join);
    assertThat(rootOf(thrown).getSuppressed()).containsExactly(within);
    assertThat(journal.events()).containsExactly("enter");
    assertThat(time.pendingTimers()).isZero();
  }

  @Test
  void enter_failsAfterTheGracePeriod_isReported(VirtualTime time) {
    var error = new IOException("too late");
    CompletableFuture<String> result = useNever();
    result.cancel(true);
    time.advance(Duration.ofSeconds(1));

    try (var _ = Report.listen(reports::add)) {
      manager.enter.completeExceptionally(error);
    }

    assertThat(result).isCancelled();
    assertThat(reports)
        .containsExactly(
            new Report(
                Report.Kind.LATE_FAILURE,
                "by hand",
                "the enter failed after its caller had stopped waiting",
                error));
  }

  @Test
  void exit_ofALateArrivalFails_isReported(VirtualTime time) {
    var error = new IOException("exit");
    CompletableFuture<String> result = useNever();
    result.cancel(true);
    time.advance(Duration.ofSeconds(1));

    try (var _ = Report.listen(reports::add)) {
      manager.arrive();
      manager.exit.completeExceptionally(error);
    }

    assertThat(result).isCancelled();
    assertThat(reports)
        .containsExactly(
            new Report(
                Report.Kind.LATE_FAILURE,
                "by hand",
                "the exit failed after its caller had stopped waiting",
                error));
  }

  @Test
  void enterTimeout_enterArrivesLate_leavesNoTimer(VirtualTime time) {
    CompletableFuture<String> result =
        manager.enterTimeout(Duration.ofHours(1)).useAsync(CompletableFuture::completedFuture);
    result.cancel(true);
    time.advance(Duration.ofSeconds(1));
    assertThat(result).isCancelled();

    manager.arrive();
    manager.exit.complete(Verdict.PROPAGATE);

    assertThat(time.pendingTimers()).isZero();
  }

  @Test
  void exit_ofALateArrivalThrows_isReported(VirtualTime time) {
    var error = new IllegalStateException("exit");
    var arrival = new CompletableFuture<String>();
    CompletableFuture<String> result =
        AsyncContextManager.of(
                () -> arrival,
                (_, _) -> {
                  throw error;
                })
            .named("by hand")
            .useAsync(CompletableFuture::completedFuture);
    result.cancel(true);
    time.advance(Duration.ofSeconds(1));

    try (var _ = Report.listen(reports::add)) {
      arrival.complete("late");
    }

    assertThat(result).isCancelled();
    assertThat(reports)
        .containsExactly(
            new Report(
                Report.Kind.LATE_FAILURE,
                "by hand",
                "the exit failed after its caller had stopped waiting",
                error));
  }

  @Test
  void foreignEnter_isNeverCancelled(VirtualTime time) {
    CompletableFuture<String> result = useNever();

    result.cancel(true);
    time.advance(Duration.ofSeconds(2));

    assertThat(manager.enter).isNotDone();
    manager.arrive();
    manager.exit.complete(Verdict.PROPAGATE);
  }

  @Test
  void cancel_enterIsATaskOfAnExecutor_isExitedWhenItHasRun(VirtualTime time) {
    var executor = new ManualExecutor();
    AsyncContextManager<String> byTask =
        () -> CompletableFuture.supplyAsync(manager::context, executor);
    CompletableFuture<String> result = byTask.useAsync(CompletableFuture::completedFuture);
    manager.exit.complete(Verdict.PROPAGATE);

    result.cancel(true);
    time.advance(Duration.ofSeconds(3));
    executor.runNext();

    assertThat(result).isCancelled();
    assertThat(journal.events()).containsExactly("exit cancelled CancellationException");
  }

  @Test
  void cancel_producerIgnoresWhetherItsCompleteCounted_isExitedOnce(VirtualTime time) {
    CompletableFuture<String> result = useNever();

    result.cancel(true);
    manager.arrive();
    manager.arrive();
    manager.exit.complete(Verdict.PROPAGATE);

    assertThat(result).isCancelled();
    assertThat(journal.events()).containsExactly("enter", "exit cancelled CancellationException");
  }

  @Test
  void cancel_beforeTheBody_neverRunsIt(VirtualTime time) {
    CompletableFuture<String> result =
        manager.useAsync(value -> {
          journal.add("body");
          return CompletableFuture.completedFuture(value);
        });

    result.cancel(true);
    manager.arrive();
    manager.exit.complete(Verdict.PROPAGATE);

    assertThat(journal.events()).containsExactly("enter", "exit cancelled CancellationException");
    assertThat(result).isCancelled();
  }

  @Test
  void interrupt_enterArrivesWithinTheGracePeriod_isExitedOnTheCallingThread(VirtualTime time)
      throws Exception {
    var thrown = new CompletableFuture<Throwable>();
    Thread thread =
        time.start(() -> thrown.complete(catchThrowable(() -> manager.use(value -> value))));
    time.settle();

    time.interrupt(thread);
    time.advance(Duration.ofMillis(500));
    assertThat(thrown).isNotDone();
    manager.exit.complete(Verdict.PROPAGATE);
    manager.arrive();

    assertThat(time.await(thrown)).isExactlyInstanceOf(InterruptedException.class);
    assertThat(journal.events()).containsExactly("enter", "exit cancelled InterruptedException");
  }

  @Test
  void interrupt_enterArrivesAfterTheGracePeriod_isExitedInTheBackground(VirtualTime time)
      throws Exception {
    var thrown = new CompletableFuture<Throwable>();
    Thread thread =
        time.start(() -> thrown.complete(catchThrowable(() -> manager.use(value -> value))));
    time.settle();

    time.interrupt(thread);
    assertThat(time.await(thrown)).isExactlyInstanceOf(InterruptedException.class);
    assertThat(time.elapsed()).isEqualTo(Duration.ofSeconds(1));
    manager.arrive();
    manager.exit.complete(Verdict.PROPAGATE);

    assertThat(journal.events()).containsExactly("enter", "exit cancelled InterruptedException");
  }

  @Test
  void interrupt_exitOfTheArrivalFails_isAddedToTheInterruption(VirtualTime time) throws Exception {
    var error = new IOException("exit");
    var thrown = new CompletableFuture<Throwable>();
    Thread thread =
        time.start(() -> thrown.complete(catchThrowable(() -> manager.use(value -> value))));
    time.settle();

    time.interrupt(thread);
    time.settle();
    manager.exit.completeExceptionally(error);
    manager.arrive();

    Throwable interruption = time.await(thrown);
    assertThat(interruption).isExactlyInstanceOf(InterruptedException.class);
    assertThat(interruption.getSuppressed()).containsExactly(error);
  }

  private CompletableFuture<String> useNever() {
    return manager.useAsync(value -> {
      journal.add("body");
      return CompletableFuture.completedFuture(value);
    });
  }

  private static Throwable rootOf(Throwable thrown) {
    return thrown.getCause() == null ? thrown : thrown.getCause();
  }
}
