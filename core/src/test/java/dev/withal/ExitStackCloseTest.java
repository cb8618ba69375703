package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A stack that is closed: once, again, inside its own use, in a try-with-resources statement. */
@ExtendWith(LeakCheck.class)
class ExitStackCloseTest {
  private final Journal journal = new Journal();

  @Test
  void close_ofNothing_doesNothing() {
    AsyncExitStack stack = AsyncExitStack.open();

    stack.close();

    assertThat(stack.closeAsync()).isCompletedWithValue(null);
  }

  @Test
  void close_again_runsNothing() {
    AsyncExitStack stack = telling();
    stack.succeeded();
    stack.close();

    stack.close();

    assertThat(stack.closeAsync()).isCompletedWithValue(null);
    assertThat(journal.events()).containsExactly("exit succeeded");
  }

  @Test
  void close_againAfterExitsFailed_failsAgain() {
    var exitError = new IOException("exit");
    AsyncExitStack stack = failing(exitError);
    stack.succeeded();
    Throwable first = catchThrowable(stack::close);

    Throwable second = catchThrowable(stack::close);

    assertThat(first).isSameAs(exitError);
    assertThat(second).isSameAs(exitError).hasNoSuppressedExceptions();
    assertThat(stack.closeAsync().exceptionNow()).isSameAs(exitError);
  }

  @Test
  void closeAsync_exitIsPending_isNotDone() {
    var exit = new CompletableFuture<String>();
    AsyncExitStack stack = AsyncExitStack.open();
    stack.deferAsync(() -> exit);
    CompletableFuture<Void> closed = stack.closeAsync();

    assertThat(closed).isNotDone();
    exit.complete("done");

    assertThat(closed).isCompletedWithValue(null);
  }

  @Test
  void closeAsync_cancelled_letsTheExitsGoOn() {
    var exit = new CompletableFuture<String>();
    AsyncExitStack stack = AsyncExitStack.open();
    stack.deferAsync(() -> note("below"));
    stack.deferAsync(() -> exit);
    CompletableFuture<Void> closed = stack.closeAsync();

    closed.cancel(true);
    exit.complete("done");

    assertThat(journal.events()).containsExactly("below");
    assertThat(stack.closeAsync()).isCompletedWithValue(null);
  }

  @Test
  void close_exitsAreUnderWay_waitsForThem(VirtualTime time) throws Exception {
    AsyncExitStack stack = AsyncExitStack.open();
    stack.succeeded();
    stack.deferAsync(() -> Async.sleepAsync(Carrier.STEP).thenRun(() -> journal.add("exited")));
    CompletableFuture<Void> first = stack.closeAsync();

    stack.close();
    journal.add("closed");
    time.await(first);

    assertThat(journal.events()).containsExactly("exited", "closed");
  }

  @Test
  void close_interruptedWhileAnotherCloses_waitsAndSetsTheFlagAgain(VirtualTime time) {
    var exit = new CompletableFuture<String>();
    AsyncExitStack stack = AsyncExitStack.open();
    stack.deferAsync(() -> exit);
    CompletableFuture<Void> first = stack.closeAsync();
    Thread second =
        time.start(() -> {
          stack.close();
          journal.add("interrupted " + Thread.currentThread().isInterrupted());
        });
    time.settle();

    time.interrupt(second);
    time.settle();
    assertThat(journal.events()).isEmpty();
    exit.complete("done");
    time.settle();

    assertThat(first).isCompletedWithValue(null);
    assertThat(journal.events()).containsExactly("interrupted true");
  }

  @Test
  void close_byAnExitOfTheStack_returnsAtOnce() {
    AsyncExitStack stack = AsyncExitStack.open();
    stack.succeeded();
    stack.deferAsync(() -> note("below"));
    stack.deferAsync(() -> {
      stack.close();
      return note("closed again");
    });

    stack.close();

    assertThat(journal.events()).containsExactly("closed again", "below");
  }

  @OnEveryCarrier
  void close_insideItsOwnUse_exitsAtOnceAndTheBodyGoesOn(Carrier carrier, VirtualTime time)
      throws Exception {
    String result =
        carrier.use(
            time,
            AsyncExitStack.manager(),
            stack -> {
              stack.deferAsync(() -> note(carrier, "exit"));
              close(carrier, time, stack);
              journal.add("body goes on");
              return "result";
            });

    assertThat(result).isEqualTo("result");
    assertThat(journal.events()).containsExactly("exit", "body goes on");
  }

  @OnEveryCarrier
  void close_insideItsOwnUse_keepsTheBodysErrorAfterIt(Carrier carrier, VirtualTime time) {
    var error = new IOException("body");

    Throwable thrown =
        catchThrowable(() ->
            carrier.use(
                time,
                AsyncExitStack.manager(),
                stack -> {
                  stack.deferAsync(() -> note(carrier, "exit"));
                  stack.succeeded();
                  close(carrier, time, stack);
                  return Probe.raise(error);
                }));

    assertThat(thrown).isSameAs(error).hasNoSuppressedExceptions();
    assertThat(journal.events()).containsExactly("exit");
  }

  @OnEveryCarrier
  void close_insideItsOwnUseFails_isAFailureOfTheUseToo(Carrier carrier, VirtualTime time) {
    var exitError = new IOException("exit");

    Throwable thrown =
        catchThrowable(() ->
            carrier.use(
                time,
                AsyncExitStack.manager(),
                stack -> {
                  stack.deferAsync(() -> carrier.step(() -> Probe.raise(exitError)));
                  Throwable closing = catchThrowable(() -> close(carrier, time, stack));
                  journal.add("closing " + closing.getMessage());
                  return "result";
                }));

    assertThat(thrown).isSameAs(exitError).hasNoSuppressedExceptions();
    assertThat(journal.events()).containsExactly("closing exit");
  }

  @OnEveryCarrier
  void stack_afterItsUse_isClosed(Carrier carrier, VirtualTime time) throws Exception {
    AsyncExitStack escaped = carrier.use(time, AsyncExitStack.manager(), stack -> stack);

    assertThatThrownBy(() -> escaped.deferAsync(() -> note("late")))
        .isExactlyInstanceOf(IllegalStateException.class)
        .hasMessage("this exit stack is closed: a stack is used once, so open a new one");
    assertThat(journal.events()).containsExactly("late");
  }

  @Test
  void exitAsync_again_answersTheSame() throws Exception {
    AsyncExitStack stack = AsyncExitStack.open();
    stack.pushAsync(how -> {
      journal.add(Probe.describe(how));
      return Verdict.SUPPRESS.now();
    });
    ExitCase how = ExitCase.of(new IOException("body"));

    Verdict first = stack.exitAsync(how).toCompletableFuture().join();
    Verdict second = stack.exitAsync(how).toCompletableFuture().join();

    assertThat(first).isEqualTo(Verdict.SUPPRESS);
    assertThat(second).isEqualTo(Verdict.SUPPRESS);
    assertThat(journal.events()).containsExactly("failed body");
  }

  private AsyncExitStack telling() {
    AsyncExitStack stack = AsyncExitStack.open();
    stack.pushAsync(how -> {
      journal.add("exit " + Probe.describe(how));
      return Verdict.PROPAGATE.now();
    });
    return stack;
  }

  private static AsyncExitStack failing(Throwable error) {
    AsyncExitStack stack = AsyncExitStack.open();
    stack.deferAsync(() -> CompletableFuture.failedFuture(error));
    return stack;
  }

  private static void close(Carrier carrier, VirtualTime time, AsyncExitStack stack)
      throws Exception {
    if (carrier.isDirect()) {
      stack.close();
    } else {
      time.await(stack.closeAsync());
    }
  }

  private CompletableFuture<String> note(String event) {
    journal.add(event);
    return CompletableFuture.completedFuture(event);
  }

  private CompletionStage<String> note(Carrier carrier, String event) {
    return carrier.step(() -> {
      journal.add(event);
      return event;
    });
  }
}
