package dev.withal.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.AsyncContextManager;
import dev.withal.Cancellation;
import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Which errors a body is run again after, and how often. */
@ExtendWith(LeakCheck.class)
class RetryingTest {
  private final Journal journal = new Journal();
  private final AtomicInteger attempts = new AtomicInteger();
  private final AsyncContextManager<String> manager =
      AsyncContextManager.closing(
          () -> {
            journal.add("enter");
            return CompletableFuture.completedStage("value");
          },
          _ -> {
            journal.add("exit");
            return CompletableFuture.completedStage(null);
          });

  private final Retrying<String> retrying = Retrying.of(manager, this::isAbsent);

  private VirtualTime time;

  @BeforeEach
  void install() {
    time = VirtualTime.install();
  }

  @AfterEach
  void uninstall() {
    time.close();
  }

  @Test
  void use_errorPasses_isRunAgainInAFreshContext() throws Exception {
    String result = retrying.use(_ -> await(failing(2)));

    assertThat(result).isEqualTo("result");
    assertThat(journal.events())
        .containsExactly("enter", "body", "exit", "enter", "body", "exit", "enter", "body", "exit");
  }

  @Test
  void run_errorPasses_isRunAgainInAFreshContext() throws Exception {
    CompletableFuture<String> seen = new CompletableFuture<>();
    retrying.run(_ -> seen.complete(await(failing(1))));

    assertThat(seen).isCompletedWithValue("result");
    assertThat(journal.events()).containsExactly("enter", "body", "exit", "enter", "body", "exit");
  }

  @Test
  void useAsync_errorPasses_isRunAgainInAFreshContext() throws Exception {
    CompletableFuture<String> use = retrying.useAsync(_ -> failing(2));

    assertThat(await(use)).isEqualTo("result");
    assertThat(journal.events())
        .containsExactly("enter", "body", "exit", "enter", "body", "exit", "enter", "body", "exit");
  }

  @Test
  void useAsync_bodyWantsToKnowOfRequests_isRunAgainWithAFreshCancellation() throws Exception {
    var seen = new HashSet<Cancellation>();
    CompletableFuture<String> use =
        retrying.useAsync((_, cancellation) -> {
          seen.add(cancellation);
          return failing(1);
        });

    assertThat(await(use)).isEqualTo("result");
    assertThat(seen).hasSize(2);
  }

  @Test
  void useAsync_isCancelledWhileTheBodyWaits_bodyIsToldAndNoAttemptFollows() {
    var told = new CompletableFuture<Throwable>();
    CompletableFuture<String> use =
        retrying.useAsync((_, cancellation) -> {
          journal.add("body");
          cancellation.onRequest(told::complete);
          return cancellation.cancelling(new CompletableFuture<>());
        });

    use.cancel(true);

    assertThat(catchThrowable(() -> await(use))).isInstanceOf(CancellationException.class);
    assertThat(told).isCompleted();
    assertThat(journal.events()).containsExactly("enter", "body", "exit");
  }

  @Test
  void use_enterFailsWithAnErrorThatPasses_isRunAgain() throws Exception {
    AsyncContextManager<String> absentAtFirst =
        AsyncContextManager.closing(() -> failing(1), _ -> CompletableFuture.completedStage(null));

    String result = Retrying.of(absentAtFirst, this::isAbsent).use(value -> value);

    assertThat(result).isEqualTo("result");
    assertThat(attempts).hasValue(2);
  }

  @Test
  void use_exitFailsWithAnErrorThatPasses_isRunAgain() throws Exception {
    AsyncContextManager<String> failsToClose =
        AsyncContextManager.closing(
            () -> CompletableFuture.completedStage("value"), _ -> failing(1));

    String result = Retrying.of(failsToClose, this::isAbsent).use(value -> value);

    assertThat(result).isEqualTo("value");
    assertThat(attempts).hasValue(2);
  }

  @Test
  void use_everyAttemptFails_lastErrorCarriesThoseBefore() {
    Throwable thrown = catchThrowable(() -> retrying.attempts(3).use(_ -> await(failing(99))));

    assertThat(thrown).hasMessage("attempt 3");
    assertThat(thrown.getSuppressed()).singleElement().hasToString(told("attempt 2"));
    assertThat(thrown.getSuppressed()[0].getSuppressed())
        .singleElement()
        .hasToString(told("attempt 1"));
    assertThat(attempts).hasValue(3);
  }

  @Test
  void useAsync_everyAttemptFails_lastErrorCarriesThoseBefore() {
    CompletableFuture<String> use = retrying.attempts(2).useAsync(_ -> failing(99));

    Throwable thrown = catchThrowable(() -> await(use));
    assertThat(thrown).hasMessage("attempt 2");
    assertThat(thrown.getSuppressed()).singleElement().hasToString(told("attempt 1"));
  }

  @Test
  void use_everyAttemptFailsWithTheSameError_isTheResultWithoutItself() {
    var same = new FileNotFoundException("always");

    assertThatThrownBy(() ->
            retrying.use(_ -> {
              throw same;
            }))
        .isSameAs(same)
        .hasNoSuppressedExceptions();
  }

  @Test
  void use_anotherError_isTheResultAtOnce() {
    assertThatThrownBy(() ->
            retrying.use(_ -> {
              journal.add("body");
              throw new IOException("disk full");
            }))
        .hasMessage("disk full")
        .hasNoSuppressedExceptions();
    assertThat(journal.events()).containsExactly("enter", "body", "exit");
    assertThat(time.elapsed()).isZero();
  }

  @Test
  void use_ruleThrows_bodysErrorIsTheResultWithTheRulesOwn() {
    var broken = new IllegalStateException("broken rule");
    Retrying<String> byABrokenRule =
        Retrying.of(
            manager,
            _ -> {
              throw broken;
            });

    Throwable thrown = catchThrowable(() -> byABrokenRule.use(_ -> await(failing(99))));

    assertThat(thrown).hasMessage("attempt 1");
    assertThat(thrown.getSuppressed()).containsExactly(broken);
  }

  @Test
  void pause_isNeverLongerThanItsBoundWhichDoubles() throws Exception {
    Duration first = Duration.ofSeconds(1);

    await(retrying.pause(first).attempts(5).useAsync(_ -> failing(4)));

    assertThat(time.elapsed()).isPositive().isLessThanOrEqualTo(first.multipliedBy(1 + 2 + 4 + 8));
  }

  @Test
  void use_isInterruptedInAnAttempt_thereIsNoFurtherOne() {
    Retrying<String> always = Retrying.of(manager, _ -> true);

    assertThatThrownBy(() ->
            always.use(_ -> {
              journal.add("body");
              throw new InterruptedException("asked to end");
            }))
        .isInstanceOf(InterruptedException.class)
        .hasMessage("asked to end");
    assertThat(journal.events()).containsExactly("enter", "body", "exit");
  }

  @Test
  void use_isInterruptedInAPause_thereIsNoFurtherAttemptAndTheErrorIsKept() {
    Throwable thrown =
        catchThrowable(() ->
            retrying.use(_ -> {
              journal.add("body");
              Thread.currentThread().interrupt();
              throw new FileNotFoundException("attempt 1");
            }));

    assertThat(thrown).isInstanceOf(InterruptedException.class);
    assertThat(thrown.getSuppressed()).singleElement().hasToString(told("attempt 1"));
    assertThat(journal.events()).containsExactly("enter", "body", "exit");
  }

  @Test
  void useAsync_isCancelledInAnAttempt_thereIsNoFurtherOne() {
    var never = new CompletableFuture<String>();
    CompletableFuture<String> use =
        retrying.useAsync(_ -> {
          journal.add("body");
          return never;
        });

    use.cancel(true);
    never.completeExceptionally(new FileNotFoundException("too late"));

    assertThat(use).isCompletedExceptionally();
    assertThat(journal.events()).containsExactly("enter", "body", "exit");
  }

  @Test
  void useAsync_isCancelledInAPause_thereIsNoFurtherAttemptAndTheErrorIsKept() {
    var thrown = new AtomicReference<Throwable>();
    CompletableFuture<String> use = retrying.pause(Duration.ofDays(1)).useAsync(_ -> failing(1));
    use.whenComplete((_, error) -> thrown.set(error));

    use.cancel(true);

    assertThat(use).isCancelled();
    assertThat(thrown.get()).isInstanceOf(CancellationException.class);
    assertThat(thrown.get().getSuppressed()).singleElement().hasToString(told("attempt 1"));
    assertThat(journal.events()).containsExactly("enter", "body", "exit");
    assertThat(time.pendingTimers()).isZero();
  }

  @Test
  void settings_outOfRange_areRefused() {
    assertThatThrownBy(() -> retrying.attempts(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("attempts must be at least 1, but is 0");
    assertThatThrownBy(() -> retrying.pause(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the pause must be positive, but is PT0S");
  }

  @Test
  void toString_namesTheManager() {
    assertThat(Retrying.of(manager.named("disk"), _ -> true)).hasToString("retrying disk");
  }

  private boolean isAbsent(Throwable error) {
    return error instanceof FileNotFoundException;
  }

  private CompletionStage<String> failing(int times) {
    journal.add("body");
    int attempt = attempts.incrementAndGet();
    return attempt <= times
        ? CompletableFuture.failedStage(new FileNotFoundException("attempt " + attempt))
        : CompletableFuture.completedStage("result");
  }

  private static String told(String message) {
    return new FileNotFoundException(message).toString();
  }

  private String await(CompletionStage<String> stage) throws Exception {
    return time.await(stage);
  }
}
