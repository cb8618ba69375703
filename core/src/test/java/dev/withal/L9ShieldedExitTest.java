package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.internal.Held;
import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * L9: neither cancellation nor interruption reaches an exit, and the flag is set again after it.
 */
@ExtendWith(LeakCheck.class)
class L9ShieldedExitTest {
  private final Journal journal = new Journal();
  private final ByHand manager = new ByHand(journal);
  private final CompletableFuture<Boolean> flag = new CompletableFuture<>();

  @Test
  void exit_fails_makesUpNoInterruption() {
    var error = new IllegalStateException("exit");
    AsyncContextManager<String> manager =
        AsyncContextManager.closing(
            () -> CompletableFuture.completedFuture("value"),
            _ -> CompletableFuture.failedFuture(error));

    assertThatThrownBy(() -> manager.use(value -> value)).isSameAs(error);

    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void cancel_whileTheExitRuns_isTooLate() {
    manager.arrive();
    CompletableFuture<String> result = manager.useAsync(CompletableFuture::completedFuture);

    assertThat(result.cancel(true)).isFalse();
    assertThat(result.completeExceptionally(new IOException())).isFalse();
    assertThat(manager.exit).isNotDone();
    manager.exit.complete(Verdict.PROPAGATE);

    assertThat(result).isCompletedWithValue("value");
  }

  @Test
  void cancel_beforeAnExitThatIsAUse_doesNotReachThatUse() {
    var closed = new CompletableFuture<@Nullable Void>();
    var connection = new ByHand(journal);
    connection.arrive();
    connection.exit.complete(Verdict.PROPAGATE);
    AsyncContextManager<String> manager =
        AsyncContextManager.closing(
            () -> CompletableFuture.completedFuture("value"),
            _ -> connection.useAsync(_ -> closed));
    var body = new CompletableFuture<String>();
    CompletableFuture<String> result = manager.useAsync(_ -> body);

    result.cancel(true);
    body.complete("late");
    assertThat(journal.events()).containsExactly("enter");
    closed.complete(null);

    assertThat(journal.events()).containsExactly("enter", "exit succeeded");
    assertThat(result).isCancelled();
  }

  @Test
  void orTimeout_whileTheExitRuns_doesNotCutItShort(VirtualTime time) {
    manager.arrive();
    CompletableFuture<String> result = manager.useAsync(CompletableFuture::completedFuture);
    result.orTimeout(1, java.util.concurrent.TimeUnit.SECONDS);

    time.advance(Duration.ofSeconds(5));
    assertThat(result).isNotDone();
    manager.exit.complete(Verdict.PROPAGATE);

    assertThat(result).isCompletedWithValue("value");
  }

  @Test
  void interrupt_whileTheExitIsAwaited_isRememberedAndSetAgain(VirtualTime time) throws Exception {
    manager.arrive();
    Thread thread = inDirectStyle(time, () -> manager.use(value -> value));
    time.settle();

    time.interrupt(thread);
    time.settle();
    assertThat(flag).isNotDone();
    manager.exit.complete(Verdict.PROPAGATE);

    assertThat(time.await(flag)).isTrue();
    assertThat(journal.events()).containsExactly("enter", "exit succeeded", "result value");
  }

  @Test
  void interrupt_againWhileWhatArrivesIsAwaited_isRememberedAndSetAgain(VirtualTime time)
      throws Exception {
    Thread thread = inDirectStyle(time, () -> manager.use(value -> value));
    time.settle();
    time.interrupt(thread);
    time.settle();

    time.interrupt(thread);
    time.settle();
    manager.exit.complete(Verdict.PROPAGATE);
    manager.arrive();

    assertThat(time.await(flag)).isTrue();
    assertThat(journal.events())
        .containsExactly(
            "enter", "exit cancelled InterruptedException", "java.lang.InterruptedException");
  }

  @Test
  void flag_setByTheBody_isNotSeenByTheExitAndSetAgain(VirtualTime time) throws Exception {
    AsyncContextManager<String> noting =
        AsyncContextManager.of(
            () -> CompletableFuture.completedFuture("value"),
            (_, _) -> {
              journal.add("interrupted in exit: " + Thread.currentThread().isInterrupted());
              return Verdict.PROPAGATE.now();
            });

    inDirectStyle(
        time,
        () ->
            noting.use(value -> {
              Thread.currentThread().interrupt();
              return value;
            }));

    assertThat(time.await(flag)).isTrue();
    assertThat(journal.events()).containsExactly("interrupted in exit: false", "result value");
  }

  @Test
  void interrupt_whileAGeneratorExits_isRememberedAndSetAgain(VirtualTime time) throws Exception {
    AsyncContextManager<String> generator =
        AsyncContextManager.generator(yield -> {
          try {
            yield.value("value");
          } finally {
            Async.sleep(Duration.ofSeconds(1));
            Async.await(Async.sleepAsync(Duration.ofSeconds(1)));
            journal.add("exited");
          }
        });
    Thread thread = inDirectStyle(time, () -> generator.use(value -> value));
    time.advance(Duration.ofMillis(500));

    time.interrupt(thread);

    assertThat(time.await(flag)).isTrue();
    assertThat(time.elapsed()).isEqualTo(Duration.ofSeconds(2));
    assertThat(journal.events()).containsExactly("exited", "result value");
  }

  @Test
  void interrupt_beforeASynchronousExit_isHiddenFromItAndSetAgain(VirtualTime time)
      throws Exception {
    ContextManager<String> synchronous =
        () ->
            new Context<>() {
              @Override
              public String value() {
                return "value";
              }

              @Override
              public Verdict exit(ExitCase how) throws Exception {
                Async.sleep(Duration.ofSeconds(1));
                journal.add("exited");
                return Verdict.PROPAGATE;
              }
            };

    inDirectStyle(
        time,
        () ->
            synchronous.use(value -> {
              Thread.currentThread().interrupt();
              return value;
            }));

    assertThat(time.await(flag)).isTrue();
    assertThat(journal.events()).containsExactly("exited", "result value");
  }

  @Test
  void exit_longerThanTenSecondsInARun_isReportedWhileItRuns(VirtualTime time) {
    List<Report> reports = new ArrayList<>();
    manager.arrive();
    CompletableFuture<String> result;
    Held.begin();
    try (var _ = Report.listen(reports::add)) {
      result = manager.useAsync(CompletableFuture::completedFuture);
      time.advance(Duration.ofSeconds(10));
      assertThat(reports).isEmpty();
      time.advance(Duration.ofSeconds(1));
    } finally {
      Held.end();
    }

    assertThat(reports)
        .containsExactly(
            new Report(
                Report.Kind.SLOW_EXIT, "by hand", "the exit has not ended within PT10S", null));
    assertThat(result).isNotDone();
    manager.exit.complete(Verdict.PROPAGATE);
    assertThat(result).isCompletedWithValue("value");
  }

  @Test
  void exit_longerThanTenSecondsInARun_isReportedWithoutTheValue(VirtualTime time) {
    List<Report> reports = new ArrayList<>();
    var exit = new CompletableFuture<Verdict>();
    CompletableFuture<String> result;
    Held.begin();
    try (var _ = Report.listen(reports::add)) {
      result =
          AsyncContextManager.of(
                  () -> CompletableFuture.completedFuture("a secret"), (_, _) -> exit)
              .useAsync(CompletableFuture::completedFuture);
      time.advance(Duration.ofSeconds(11));
    } finally {
      Held.end();
    }
    exit.complete(Verdict.PROPAGATE);

    assertThat(result).isCompleted();
    assertThat(reports)
        .singleElement()
        .satisfies(report -> assertThat(report.toString()).doesNotContain("secret"));
  }

  @Test
  void exit_pendingOutsideOfARun_needsNoTimer(VirtualTime time) {
    manager.arrive();
    CompletableFuture<String> result = manager.useAsync(CompletableFuture::completedFuture);

    assertThat(time.pendingTimers()).isZero();
    manager.exit.complete(Verdict.PROPAGATE);
    assertThat(result).isCompletedWithValue("value");
  }

  @Test
  void exit_inTime_leavesNoTimer(VirtualTime time) {
    manager.arrive();
    CompletableFuture<String> result = manager.useAsync(CompletableFuture::completedFuture);

    manager.exit.complete(Verdict.PROPAGATE);

    assertThat(result).isCompletedWithValue("value");
    assertThat(time.pendingTimers()).isZero();
  }

  /** Runs on a thread of its own; `flag` tells whether that was interrupted in the end. */
  private Thread inDirectStyle(VirtualTime time, java.util.concurrent.Callable<String> use) {
    return time.start(() -> {
      Throwable thrown = catchThrowable(() -> journal.add("result " + use.call()));
      if (thrown != null) {
        journal.add(thrown.toString());
      }
      flag.complete(Thread.interrupted());
    });
  }
}
