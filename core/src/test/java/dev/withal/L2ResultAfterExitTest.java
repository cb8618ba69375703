package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** L2: nobody sees the result before the exit has completed. */
@ExtendWith(LeakCheck.class)
class L2ResultAfterExitTest {

  @Test
  void result_exitIsPending_isNotDone(Journal journal) {
    var manager = new ByHand(journal);
    manager.arrive();

    CompletableFuture<String> result =
        manager.useAsync(value -> CompletableFuture.completedFuture("of " + value));

    assertThat(journal.events()).containsExactly("enter", "exit succeeded");
    assertThat(result).isNotDone();
    manager.exit.complete(Verdict.PROPAGATE);
    assertThat(result).isCompletedWithValue("of value");
  }

  @Test
  void failure_exitIsPending_isNotDone(Journal journal) {
    var manager = new ByHand(journal);
    manager.arrive();
    var error = new IOException("broken");

    CompletableFuture<String> result = manager.useAsync(_ -> CompletableFuture.failedFuture(error));

    assertThat(result).isNotDone();
    manager.exit.complete(Verdict.PROPAGATE);
    assertThat(result.exceptionNow()).isSameAs(error);
  }

  @Test
  void cancelled_exitIsPending_isNotDone(Journal journal) {
    var manager = new ByHand(journal);
    manager.arrive();
    var body = new CompletableFuture<String>();
    CompletableFuture<String> result = manager.useAsync(_ -> body);

    assertThat(result.cancel(true)).isTrue();
    assertThat(result).isNotDone();
    assertThat(journal.events()).containsExactly("enter");
    body.complete("late");
    assertThat(journal.events()).containsExactly("enter", "exit cancelled CancellationException");
    assertThat(result).isNotDone();
    manager.exit.complete(Verdict.PROPAGATE);

    assertThat(result).isCancelled();
  }

  @OnEveryCarrier
  void result_ofEveryStyle_isSeenAfterTheExit(Carrier carrier, VirtualTime time, Journal journal)
      throws Exception {
    var manager = new Probe(journal, carrier, "a");

    carrier.use(time, manager, value -> value);
    journal.add("result");

    assertThat(journal.events())
        .containsExactly("enter a", "entered a", "exit a succeeded", "exited a", "result");
  }

  @Test
  void dependents_ofTheResult_runAfterTheExit(VirtualTime time, Journal journal) throws Exception {
    var manager = new Probe(journal, Carrier.STAGE_LATER, "a");

    CompletableFuture<Void> dependent =
        manager
            .useAsync(value -> Async.sleepAsync(Carrier.STEP).thenApply(_ -> value))
            .thenAccept(value -> journal.add("seen " + value));
    time.await(dependent);

    assertThat(journal.events())
        .containsExactly("enter a", "entered a", "exit a succeeded", "exited a", "seen a");
  }

  @Test
  void join_exitFails_throwsItsErrorAfterIt(VirtualTime time, Journal journal) {
    var error = new IOException("exit");
    var manager = new Probe(journal, Carrier.STAGE_COMPLETE, "a").failingToExit(error);

    Throwable thrown =
        catchThrowable(
            () -> manager.useAsync(value -> CompletableFuture.completedFuture(value)).join());

    assertThat(thrown).isInstanceOf(CompletionException.class).hasCause(error);
    assertThat(journal.events()).containsExactly("enter a", "entered a", "exit a succeeded");
  }
}
