package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** L4: what was entered last is exited first. */
@ExtendWith(LeakCheck.class)
class L4LastInFirstOutTest {

  @OnEveryCarrier
  void exits_ofNestedUses_runInsideOut(Carrier carrier, VirtualTime time, Journal journal)
      throws Exception {
    var outer = new Probe(journal, carrier, "a");
    var inner = new Probe(journal, carrier, "b");

    if (carrier.isDirect()) {
      carrier.use(time, outer, a -> inner.<String, Exception>use(b -> a + b));
    } else {
      time.await(outer.useAsync(a -> inner.useAsync(b -> carrier.step(() -> a + b))));
    }

    assertThat(journal.events())
        .containsExactly(
            "enter a",
            "entered a",
            "enter b",
            "entered b",
            "exit b succeeded",
            "exited b",
            "exit a succeeded",
            "exited a");
  }

  @OnEveryCarrier
  void exits_ofAStack_runLastFirst(Carrier carrier, VirtualTime time, Journal journal)
      throws Exception {
    fill(carrier, time, journal, List.of("a", "b", "c"), null);

    assertThat(exits(journal))
        .containsExactly("exit c succeeded", "exit b succeeded", "exit a succeeded");
  }

  @OnEveryCarrier
  void exits_ofAStackThatFails_runLastFirst(Carrier carrier, VirtualTime time, Journal journal) {
    Throwable thrown =
        catchThrowable(() ->
            fill(
                carrier,
                time,
                journal,
                List.of("a", "b", "c"),
                new IllegalStateException("broken")));

    assertThat(thrown).hasMessage("broken");
    assertThat(exits(journal))
        .containsExactly("exit c failed broken", "exit b failed broken", "exit a failed broken");
  }

  @Test
  void exits_ofStackedActions_areOneOrder(VirtualTime time, Journal journal) throws Exception {
    time.await(
        AsyncExitStack.manager()
            .useAsync(stack -> {
              stack.deferAsync(() -> note(journal, "first"));
              stack.pushAsync(how -> {
                journal.add("second " + Probe.describe(how));
                return Verdict.PROPAGATE.now();
              });
              return stack.enterAsync(new Probe(journal, Carrier.STAGE_LATER, "third"));
            }));

    assertThat(journal.events())
        .containsExactly(
            "enter third",
            "entered third",
            "exit third succeeded",
            "exited third",
            "second succeeded",
            "first");
  }

  @Test
  void exits_ofConcurrentEnters_followTheCallsNotTheArrivals(Journal journal) {
    var slow = new ByHand(journal);
    var quick = new Probe(journal, Carrier.STAGE_COMPLETE, "quick");
    AsyncExitStack stack = AsyncExitStack.open();

    stack.enterAsync(slow);
    stack.enterAsync(quick);
    slow.arrive();
    slow.exit.complete(Verdict.PROPAGATE);
    stack.succeeded();
    stack.close();

    assertThat(journal.events())
        .containsExactly(
            "enter",
            "enter quick",
            "entered quick",
            "exit quick succeeded",
            "exited quick",
            "exit succeeded");
  }

  private static void fill(
      Carrier carrier, VirtualTime time, Journal journal, List<String> names, RuntimeException end)
      throws Exception {
    carrier.use(
        time,
        AsyncExitStack.manager(),
        stack -> {
          for (String name : names) {
            var probe = new Probe(journal, carrier, name);
            if (carrier.isDirect()) {
              stack.enter(probe);
            } else {
              time.await(stack.enterAsync(probe));
            }
          }
          if (end != null) {
            throw end;
          }
          return null;
        });
  }

  private static CompletableFuture<Void> note(Journal journal, String event) {
    journal.add(event);
    return CompletableFuture.completedFuture(null);
  }

  private static List<String> exits(Journal journal) {
    return journal.events().stream().filter(event -> event.startsWith("exit ")).toList();
  }
}
