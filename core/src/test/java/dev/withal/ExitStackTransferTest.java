package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What is on a stack changes hands. */
@ExtendWith(LeakCheck.class)
class ExitStackTransferTest {
  private final Journal journal = new Journal();
  private final AsyncExitStack stack = AsyncExitStack.open();

  @OnEveryCarrier
  void popAll_atTheEndOfABody_handsEverythingToTheCaller(Carrier carrier, VirtualTime time)
      throws Exception {
    AsyncExitStack heir =
        carrier.use(
            time,
            AsyncExitStack.manager(),
            own -> {
              enter(carrier, time, own, new Probe(journal, carrier, "a"));
              enter(carrier, time, own, new Probe(journal, carrier, "b"));
              return own.popAll();
            });
    journal.add("used");
    heir.succeeded();
    time.await(heir.closeAsync());

    assertThat(journal.events())
        .containsExactly(
            "enter a",
            "entered a",
            "enter b",
            "entered b",
            "used",
            "exit b succeeded",
            "exited b",
            "exit a succeeded",
            "exited a");
  }

  @OnEveryCarrier
  void popAll_notReached_exitsWhatWasEntered(Carrier carrier, VirtualTime time) {
    var error = new IOException("enter b");

    Throwable thrown =
        catchThrowable(() ->
            carrier.use(
                time,
                AsyncExitStack.manager(),
                own -> {
                  enter(carrier, time, own, new Probe(journal, carrier, "a"));
                  enter(carrier, time, own, new Probe(journal, carrier, "b").failingToEnter(error));
                  return own.popAll();
                }));

    assertThat(thrown).isSameAs(error);
    assertThat(journal.events())
        .containsExactly("enter a", "entered a", "enter b", "exit a failed enter b", "exited a");
  }

  @Test
  void popAll_returnsAnotherStack() {
    AsyncExitStack heir = stack.popAll();

    assertThat(heir).isNotSameAs(stack);
    heir.close();
    stack.close();
  }

  @Test
  void popAll_again_movesWhatCameSince() {
    stack.deferAsync(() -> note("first"));
    AsyncExitStack heir = stack.popAll();
    stack.deferAsync(() -> note("second"));
    AsyncExitStack otherHeir = stack.popAll();

    otherHeir.close();
    heir.close();
    stack.close();

    assertThat(journal.events()).containsExactly("second", "first");
  }

  @Test
  void popAll_succeededWasSaidBefore_isNotInherited() {
    stack.pushAsync(how -> {
      journal.add(Probe.describe(how));
      return Verdict.PROPAGATE.now();
    });
    stack.succeeded();

    stack.popAll().close();

    assertThat(journal.events())
        .containsExactly("failed closed without a word that the work succeeded");
    stack.close();
  }

  private static void enter(
      Carrier carrier, VirtualTime time, AsyncExitStack own, AsyncContextManager<String> manager)
      throws Exception {
    if (carrier.isDirect()) {
      own.enter(manager);
    } else {
      time.await(own.enterAsync(manager));
    }
  }

  private CompletableFuture<String> note(String event) {
    journal.add(event);
    return CompletableFuture.completedFuture(event);
  }
}
