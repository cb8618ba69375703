package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** L12: popAll moves all or nothing. */
@ExtendWith(LeakCheck.class)
class L12TransferTest {
  private final Journal journal = new Journal();

  @OnEveryCarrier
  void popAll_insideAUse_outlivesIt(Carrier carrier, VirtualTime time) throws Exception {
    AsyncExitStack heir =
        carrier.<AsyncExitStack, AsyncExitStack>use(
            time,
            AsyncExitStack.manager(),
            stack -> {
              stack.deferAsync(() ->
                  carrier.step(() -> {
                    journal.add("exited");
                    return null;
                  }));
              return stack.popAll();
            });
    journal.add("used");
    if (carrier.isDirect()) {
      heir.close();
    } else {
      time.await(heir.closeAsync());
    }

    assertThat(journal.events()).containsExactly("used", "exited");
  }

  @Test
  void popAll_movesEverythingAndLeavesTheStackOpen() throws Exception {
    AsyncExitStack stack = AsyncExitStack.open();
    stack.enter(new Probe(journal, Carrier.SAME_THREAD, "a"));
    stack.enter(new Probe(journal, Carrier.SAME_THREAD, "b"));

    AsyncExitStack heir = stack.popAll();
    stack.enter(new Probe(journal, Carrier.SAME_THREAD, "c"));
    stack.succeeded();
    stack.close();
    journal.add("closed");
    heir.succeeded();
    heir.close();

    assertThat(journal.events())
        .containsSubsequence("exit c succeeded", "closed", "exit b succeeded", "exit a succeeded")
        .hasSize(13);
  }

  @Test
  void popAll_ofAPendingEnter_movesItToo() {
    var slow = new ByHand(journal);
    AsyncExitStack stack = AsyncExitStack.open();
    CompletableFuture<String> value = stack.enterAsync(slow);

    AsyncExitStack heir = stack.popAll();
    stack.close();
    slow.arrive();
    assertThat(value).isCompletedWithValue("value");
    assertThat(journal.events()).containsExactly("enter");
    slow.exit.complete(Verdict.PROPAGATE);
    heir.succeeded();
    heir.close();

    assertThat(journal.events()).containsExactly("enter", "exit succeeded");
  }

  @Test
  void popAll_ofAClosedStack_isRefused() {
    AsyncExitStack stack = AsyncExitStack.open();
    stack.close();

    assertThatThrownBy(stack::popAll)
        .isExactlyInstanceOf(IllegalStateException.class)
        .hasMessage("this exit stack is closed: a stack is used once, so open a new one");
  }
}
