package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Waiting for a stage, and for time. */
@ExtendWith(LeakCheck.class)
class AsyncApiTest {
  private static final Duration LONG = Duration.ofSeconds(10);

  private final Journal journal = new Journal();

  // ---- await -----------------------------------------------------------------------------------

  @Test
  void await_stageIsComplete_returnsItsValue() throws Exception {
    assertThat(Async.<String, Exception>await(CompletableFuture.completedFuture("value")))
        .isEqualTo("value");
  }

  @Test
  void await_stageCompletesLater_waitsForIt(VirtualTime time) throws Exception {
    CompletionStage<String> stage = Async.sleepAsync(Carrier.STEP).thenApply(_ -> "value");

    String value = Async.<String, Exception>await(stage);

    assertThat(value).isEqualTo("value");
    assertThat(time.elapsed()).isEqualTo(Carrier.STEP);
  }

  @Test
  void await_stageOfNull_returnsNull() throws Exception {
    assertThat(Async.<String, Exception>await(CompletableFuture.completedFuture(null))).isNull();
  }

  @Test
  void await_minimalStage_works() throws Exception {
    CompletionStage<String> minimal = CompletableFuture.completedStage("value");

    assertThat(Async.<String, Exception>await(minimal)).isEqualTo("value");
  }

  @Test
  void await_stageFails_throwsItsErrorAsItIs() {
    var error = new IOException("stage");

    Throwable thrown = catchThrowable(() -> Async.await(CompletableFuture.failedFuture(error)));

    assertThat(thrown).isSameAs(error).hasNoSuppressedExceptions();
  }

  @Test
  void await_stageFailsWithAWrappedError_throwsItUnwrapped() {
    var error = new IOException("stage");
    var wrapped = new CompletionException(new ExecutionException(error));

    Throwable thrown = catchThrowable(() -> Async.await(CompletableFuture.failedFuture(wrapped)));

    assertThat(thrown).isSameAs(error);
  }

  @Test
  void await_dependentStageFails_throwsTheErrorUnwrapped() {
    var error = new IOException("stage");
    CompletionStage<String> dependent =
        CompletableFuture.<String>failedFuture(error).thenApply(value -> value);

    assertThat(catchThrowable(() -> Async.await(dependent))).isSameAs(error);
  }

  @Test
  void await_stageIsCancelled_throwsACancellation() {
    var future = new CompletableFuture<String>();
    future.cancel(true);

    assertThat(catchThrowable(() -> Async.await(future)))
        .isExactlyInstanceOf(CancellationException.class);
  }

  @Test
  void await_interrupted_leavesAForeignStageAlone(VirtualTime time) {
    var foreign = new CompletableFuture<String>();
    Thread waiter = start(time, () -> Async.await(foreign));

    time.interrupt(waiter);
    time.settle();

    assertThat(journal.events()).containsExactly("InterruptedException, flag false");
    assertThat(foreign).isNotDone();
  }

  @Test
  void await_interruptedBefore_throwsAtOnce(VirtualTime time) {
    var foreign = new CompletableFuture<String>();
    Thread.currentThread().interrupt();

    Throwable thrown = catchThrowable(() -> Async.await(foreign));

    assertThat(thrown).isExactlyInstanceOf(InterruptedException.class);
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void await_interruptedAndTheStageIsComplete_returnsItsValue() throws Exception {
    Thread.currentThread().interrupt();

    String value = Async.<String, Exception>await(CompletableFuture.completedFuture("value"));

    assertThat(value).isEqualTo("value");
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void await_interrupted_asksAUseToEndAndWaitsForIt(VirtualTime time) {
    var manager = new ByHand(journal);
    manager.arrive();
    var body = new CompletableFuture<String>();
    CompletableFuture<String> use =
        manager.useAsync((_, cancellation) -> cancellation.cancelling(body));
    Thread waiter = start(time, () -> Async.await(use));

    time.interrupt(waiter);
    time.settle();
    assertThat(journal.events()).containsExactly("enter", "exit cancelled InterruptedException");
    manager.exit.complete(Verdict.PROPAGATE);
    time.settle();

    assertThat(use).isDone();
    assertThat(journal.events())
        .containsExactly(
            "enter", "exit cancelled InterruptedException", "InterruptedException, flag false");
  }

  @Test
  void await_interruptedWhileTheUseExits_waitsForTheExit(VirtualTime time) {
    var manager = new ByHand(journal);
    manager.arrive();
    CompletableFuture<String> use = manager.useAsync(CompletableFuture::completedFuture);
    Thread waiter = start(time, () -> Async.await(use));

    time.interrupt(waiter);
    time.settle();
    assertThat(journal.events()).containsExactly("enter", "exit succeeded");
    manager.exit.complete(Verdict.PROPAGATE);
    time.settle();

    assertThat(use).isCompletedWithValue("value");
    assertThat(journal.events()).containsExactly("enter", "exit succeeded", "returned, flag true");
  }

  @Test
  void await_interruptedWhileAUseThatFailedExits_setsTheFlagAgain(VirtualTime time) {
    var error = new IllegalStateException("body");
    var manager = new ByHand(journal);
    manager.arrive();
    CompletableFuture<String> use = manager.useAsync(_ -> CompletableFuture.failedFuture(error));
    Thread waiter = start(time, () -> Async.await(use));

    time.interrupt(waiter);
    time.settle();
    manager.exit.complete(Verdict.PROPAGATE);
    time.settle();

    assertThat(journal.events())
        .containsExactly("enter", "exit failed body", "IllegalStateException, flag true");
  }

  @Test
  void await_interruptedAndTheExitFails_carriesThatFailure(VirtualTime time) {
    var error = new IOException("exit");
    var manager = new ByHand(journal);
    manager.arrive();
    manager.exit.completeExceptionally(error);
    CompletableFuture<String> use =
        manager.useAsync((_, cancellation) -> cancellation.cancelling(new CompletableFuture<>()));
    var thrown = new CompletableFuture<Throwable>();
    Thread waiter = time.start(() -> thrown.complete(catchThrowable(() -> Async.await(use))));
    time.settle();

    time.interrupt(waiter);
    time.settle();

    assertThat(thrown.join()).isExactlyInstanceOf(InterruptedException.class);
    assertThat(thrown.join().getSuppressed()).containsExactly(error);
  }

  @Test
  void await_insideAnExitOfThisThread_isNotEndedByAnInterruption(VirtualTime time) {
    AsyncContextManager<String> manager =
        AsyncContextManager.generator(yield -> {
          yield.value("value");
          Async.await(Async.sleepAsync(LONG));
          journal.add("exited at " + time.elapsed());
        });
    Thread user = start(time, () -> manager.<String, Exception>use(value -> value));

    time.interrupt(user);
    time.advance(LONG);

    assertThat(journal.events()).containsExactly("exited at PT10S", "returned, flag true");
  }

  @Test
  void await_null_isRefused() {
    assertThatNullPointerException().isThrownBy(() -> Async.await(null)).withMessage("stage");
  }

  private interface Step {
    void run() throws Exception;
  }

  /** Runs a step on a thread of its own up to where it waits; the journal tells how it ends. */
  private Thread start(VirtualTime time, Step step) {
    Thread thread =
        time.start(() -> {
          Throwable thrown = catchThrowable(step::run);
          journal.add(
              (thrown == null ? "returned" : thrown.getClass().getSimpleName())
                  + ", flag "
                  + Thread.currentThread().isInterrupted());
        });
    time.settle();
    return thread;
  }
}
