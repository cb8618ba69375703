package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.ManualExecutor;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * L7: whatever completes a future of ours from outside is a request, and takes effect after the
 * exit.
 */
@ExtendWith(LeakCheck.class)
class L7RequestsTest {
  private final Journal journal = new Journal();
  private final ByHand manager = new ByHand(journal);
  private final CompletableFuture<String> body = new CompletableFuture<>();
  private CompletableFuture<String> result;

  @BeforeEach
  void begin() {
    manager.arrive();
    manager.exit.complete(Verdict.PROPAGATE);
    result = manager.useAsync(_ -> body);
  }

  @Test
  void cancel_bodyRuns_takesEffectAfterTheExit() {
    assertThat(result.cancel(true)).isTrue();

    assertThat(result).isNotDone();
    body.complete("ignored");
    assertThat(journal.events()).containsExactly("enter", "exit cancelled CancellationException");
    assertThat(result).isCancelled();
    assertThat(result.state()).isEqualTo(Future.State.CANCELLED);
  }

  @Test
  void cancel_again_isNotTheFirst() {
    result.cancel(true);

    assertThat(result.cancel(true)).isFalse();
    assertThat(result.complete("other")).isFalse();
    assertThat(result.completeExceptionally(new IOException())).isFalse();

    body.complete("ignored");
    assertThat(result).isCancelled();
    assertThat(result.cancel(true)).isTrue();
  }

  @Test
  void cancel_bodyHasEnded_isTooLate() {
    body.complete("value");

    assertThat(result.cancel(true)).isFalse();
    assertThat(result).isCompletedWithValue("value");
    assertThat(result.resultNow()).isEqualTo("value");
    assertThat(journal.events()).containsExactly("enter", "exit succeeded");
  }

  @Test
  void complete_bodyRuns_givesTheValueAfterTheExit() {
    assertThat(result.complete("instead")).isTrue();

    assertThat(result).isNotDone();
    body.complete("ignored");
    assertThat(result).isCompletedWithValue("instead");
    assertThat(journal.events()).containsExactly("enter", "exit cancelled CancellationException");
  }

  @Test
  void completeExceptionally_bodyRuns_givesTheErrorAfterTheExit() {
    var error = new IOException("lost");

    assertThat(result.completeExceptionally(error)).isTrue();

    assertThat(result).isNotDone();
    body.complete("ignored");
    assertThat(result.exceptionNow()).isSameAs(error);
    assertThat(journal.events()).containsExactly("enter", "exit cancelled IOException");
  }

  @Test
  void completeExceptionally_wrapped_isSeenUnwrapped() {
    var error = new IOException("lost");

    result.completeExceptionally(new CompletionException(error));
    body.complete("ignored");

    assertThat(result.exceptionNow()).isSameAs(error);
  }

  @Test
  void completeAsync_bodyRuns_isARequestToo() {
    var executor = new ManualExecutor();

    assertThat(result.completeAsync(() -> "instead", executor)).isSameAs(result);
    executor.runNext();

    assertThat(result).isNotDone();
    body.complete("ignored");
    assertThat(result).isCompletedWithValue("instead");
  }

  @Test
  void completeAsync_supplierFails_isARequestToo() {
    var executor = new ManualExecutor();
    var error = new IllegalStateException("supplier");

    result.completeAsync(
        () -> {
          throw error;
        },
        executor);
    executor.runNext();
    body.complete("ignored");

    assertThat(result.exceptionNow()).isSameAs(error);
  }

  @Test
  void orTimeout_bodyIsTooSlow_timesOutAfterTheExit(VirtualTime time) {
    assertThat(result.orTimeout(20, TimeUnit.MILLISECONDS)).isSameAs(result);

    time.advance(Duration.ofMillis(19));
    assertThat(journal.events()).containsExactly("enter");
    time.advance(Duration.ofMillis(1));
    body.complete("ignored");

    assertThat(journal.events()).containsExactly("enter", "exit cancelled TimeoutException");
    assertThat(result.exceptionNow())
        .isExactlyInstanceOf(TimeoutException.class)
        .hasMessage("timed out after PT0.02S");
  }

  @Test
  void orTimeout_bodyIsInTime_leavesNoTimer(VirtualTime time) {
    result.orTimeout(20, TimeUnit.MILLISECONDS);

    body.complete("value");

    assertThat(result).isCompletedWithValue("value");
    assertThat(time.pendingTimers()).isZero();
  }

  @Test
  void completeOnTimeout_bodyIsTooSlow_givesTheValueAfterTheExit(VirtualTime time) {
    assertThat(result.completeOnTimeout("instead", 20, TimeUnit.MILLISECONDS)).isSameAs(result);

    time.advance(Duration.ofMillis(20));
    assertThat(result).isNotDone();
    body.complete("ignored");

    assertThat(result).isCompletedWithValue("instead");
  }

  @Test
  void obtrude_isRefused() {
    assertThatThrownBy(() -> result.obtrudeValue("x"))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("ask for an end with complete, completeExceptionally or cancel");
    assertThatThrownBy(() -> result.obtrudeException(new IOException()))
        .isInstanceOf(UnsupportedOperationException.class);
    body.complete("value");
    assertThat(result).isCompletedWithValue("value");
  }

  @Test
  void dependents_areCompletedByTheirHolderAndAskForNothing() {
    CompletableFuture<String> copy = result.copy();
    CompletableFuture<String> obtruded = result.whenComplete((_, _) -> {});
    CompletableFuture<Integer> dependent = result.thenApply(String::length);

    assertThat(result.toCompletableFuture()).isSameAs(result);
    assertThat(copy.cancel(true)).isTrue();
    assertThat(copy).isCancelled();
    assertThat(result.newIncompleteFuture().complete("instead")).isTrue();
    obtruded.obtrudeValue("instead");
    assertThat(result).isNotDone();
    body.complete("value");
    assertThat(result).isCompletedWithValue("value");
    assertThat(obtruded).isCompletedWithValue("instead");
    assertThat(dependent).isCompletedWithValue(5);
    assertThat(result.copy().getClass()).isSameAs(CompletableFuture.class);
  }

  @Test
  void minimalStage_seesTheResultAfterTheExit() {
    CompletableFuture<String> seen = result.minimalCompletionStage().toCompletableFuture();

    assertThat(seen).isNotDone();
    body.complete("value");

    assertThat(seen).isCompletedWithValue("value");
  }

  @Test
  void state_ofARunningUse_isRunning() {
    assertThat(result.state()).isEqualTo(Future.State.RUNNING);
    assertThat(result.isDone()).isFalse();
    assertThat(result.isCancelled()).isFalse();
    assertThat(result.isCompletedExceptionally()).isFalse();
    assertThat(result.getNow("absent")).isEqualTo("absent");
    assertThatThrownBy(result::resultNow).isInstanceOf(IllegalStateException.class);
    body.complete("value");
  }

  @Test
  void get_ofAFailedUse_wrapsOnce() {
    var error = new IOException("body");
    body.completeExceptionally(error);

    assertThatThrownBy(result::get).isExactlyInstanceOf(ExecutionException.class).hasCause(error);
    assertThatThrownBy(result::join).isExactlyInstanceOf(CompletionException.class).hasCause(error);
    assertThatThrownBy(() -> result.get(1, TimeUnit.SECONDS)).hasCause(error);
  }

  @Test
  void bodyError_afterARequest_isAddedToTheReason() {
    var error = new IOException("body");
    result.cancel(true);

    body.completeExceptionally(error);

    Throwable thrown = catchThrowable(result::join);
    assertThat(thrown).isInstanceOf(CancellationException.class);
    assertThat(reason(thrown).getSuppressed()).containsExactly(error);
  }

  @Test
  void verdict_suppressAfterARequest_doesNotUndoIt() {
    var suppressing = new ByHand(journal);
    suppressing.arrive();
    suppressing.exit.complete(Verdict.SUPPRESS);
    CompletableFuture<String> cancelled = suppressing.useAsync(_ -> body);

    cancelled.cancel(true);
    body.complete("ignored");

    assertThat(cancelled).isCancelled();
  }

  @Test
  void complete_exitFails_isNotHidden() {
    var error = new IOException("exit");
    var failing = new ByHand(journal);
    failing.arrive();
    failing.exit.completeExceptionally(error);
    CompletableFuture<String> asked = failing.useAsync(_ -> body);

    asked.complete("instead");
    body.complete("ignored");

    Throwable thrown = catchThrowable(asked::join);
    assertThat(reason(thrown).getSuppressed()).containsExactly(error);
  }

  @Test
  void request_onAForeignFuture_doesNotCancelIt() {
    result.cancel(true);

    assertThat(body).isNotDone();
    body.complete("ignored");
  }

  private static Throwable reason(Throwable thrown) {
    return thrown.getCause() == null ? thrown : thrown.getCause();
  }
}
