package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.extension.ExtendWith;

/** What can be entered on a stack. */
@ExtendWith(LeakCheck.class)
class ExitStackContextsTest {
  private final Journal journal = new Journal();

  @OnEveryCarrier
  void enter_returnsTheValueAndExitsBeforeWhatIsBelow(Carrier carrier, VirtualTime time)
      throws Exception {
    carrier.use(
        time,
        AsyncExitStack.manager(),
        stack -> {
          stack.deferAsync(() -> note(carrier, "below"));
          String value = enter(carrier, time, stack, new Probe(journal, carrier, "a"));
          journal.add("body " + value);
          return value;
        });

    assertThat(journal.events())
        .containsExactly("enter a", "entered a", "body a", "exit a succeeded", "exited a", "below");
  }

  @OnEveryCarrier
  void enter_fails_leavesTheStackAsItWas(Carrier carrier, VirtualTime time) throws Exception {
    var error = new IOException("enter");
    var failing = new Probe(journal, carrier, "b").failingToEnter(error);

    Throwable thrown =
        carrier.use(
            time,
            AsyncExitStack.manager(),
            stack -> {
              enter(carrier, time, stack, new Probe(journal, carrier, "a"));
              return catchThrowable(() -> enter(carrier, time, stack, failing));
            });

    assertThat(thrown).isSameAs(error).hasNoSuppressedExceptions();
    assertThat(journal.events())
        .containsExactly("enter a", "entered a", "enter b", "exit a succeeded", "exited a");
  }

  @OnEveryCarrier
  void enter_sameManagerTwice_entersTwoContexts(Carrier carrier, VirtualTime time)
      throws Exception {
    var manager = new Probe(journal, carrier, "a");

    carrier.use(
        time,
        AsyncExitStack.manager(),
        stack -> {
          enter(carrier, time, stack, manager);
          return enter(carrier, time, stack, manager);
        });

    assertThat(journal.events())
        .containsExactly(
            "enter a",
            "entered a",
            "enter a",
            "entered a",
            "exit a succeeded",
            "exited a",
            "exit a succeeded",
            "exited a");
  }

  @OnEveryCarrier
  void enter_ofASynchronousManager_isOneOfTheContexts(Carrier carrier, VirtualTime time)
      throws Exception {
    ContextManager<AutoCloseable> synchronous =
        ContextManager.closing(() -> () -> journal.add("closed"));

    carrier.use(
        time,
        AsyncExitStack.manager(),
        stack -> {
          stack.deferAsync(() -> note(carrier, "below"));
          enter(carrier, time, stack, synchronous.async());
          journal.add("body");
          return null;
        });

    assertThat(journal.events()).containsExactly("body", "closed", "below");
  }

  @OnEveryCarrier
  void stack_usedAgain_isAnotherOne(Carrier carrier, VirtualTime time) throws Exception {
    AsyncContextManager<AsyncExitStack> manager = AsyncExitStack.manager();

    AsyncExitStack first = carrier.use(time, manager, stack -> stack);
    AsyncExitStack second = carrier.use(time, manager, stack -> stack);

    assertThat(second).isNotSameAs(first);
  }

  @OnEveryCarrier
  void enter_ofAnotherStack_exitsItsContextsInPlace(Carrier carrier, VirtualTime time)
      throws Exception {
    carrier.use(
        time,
        AsyncExitStack.manager(),
        outer -> {
          outer.deferAsync(() -> note(carrier, "below"));
          AsyncExitStack inner = enter(carrier, time, outer, AsyncExitStack.manager());
          outer.deferAsync(() -> note(carrier, "above"));
          inner.deferAsync(() -> note(carrier, "inner first"));
          inner.deferAsync(() -> note(carrier, "inner second"));
          return null;
        });

    assertThat(journal.events()).containsExactly("above", "inner second", "inner first", "below");
  }

  private static <T> T enter(
      Carrier carrier, VirtualTime time, AsyncExitStack stack, AsyncContextManager<T> manager)
      throws Exception {
    return carrier.isDirect() ? stack.enter(manager) : time.await(stack.enterAsync(manager));
  }

  private CompletionStage<String> note(Carrier carrier, String event) {
    return carrier.step(() -> {
      journal.add(event);
      return event;
    });
  }
}
