package dev.withal;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;

/** L6: an exit's own error that is suppressed after a success leaves no value, in any form. */
@ExtendWith(LeakCheck.class)
class L6SuppressedExitsTest {
  private static final Duration LONG = Duration.ofHours(1);

  private enum Form {
    PLAIN,
    NAMED,
    GRACE,
    ENTER_TIMEOUT,
    EXIT_TIMEOUT,
    EXECUTOR,
    MAPPED,
    MAPPED_EXIT_TIMEOUT,
    OUTER_OF_A_CHAIN,
    INNER_OF_A_CHAIN,
    NAMED_CHAIN,
    CHAIN_EXIT_TIMEOUT,
    TWICE,
    SYNCHRONOUS;

    AsyncContextManager<String> of(AsyncContextManager<String> manager) {
      return switch (this) {
        case PLAIN -> manager;
        case NAMED -> manager.named("quiet");
        case GRACE -> manager.grace(LONG);
        case ENTER_TIMEOUT -> manager.enterTimeout(LONG);
        case EXIT_TIMEOUT -> manager.exitTimeout(LONG);
        case EXECUTOR -> manager.on(Runnable::run);
        case MAPPED -> manager.map(value -> value);
        case MAPPED_EXIT_TIMEOUT -> MAPPED.of(manager).exitTimeout(LONG);
        case OUTER_OF_A_CHAIN -> manager.flatMap(AsyncContextManager::ofValue);
        case INNER_OF_A_CHAIN -> AsyncContextManager.ofValue("outer").flatMap(_ -> manager);
        case NAMED_CHAIN -> INNER_OF_A_CHAIN.of(manager).named("chain");
        case CHAIN_EXIT_TIMEOUT -> OUTER_OF_A_CHAIN.of(manager).exitTimeout(LONG);
        case TWICE -> manager.suppressing(IllegalStateException.class);
        case SYNCHRONOUS -> manager.blocking().async();
      };
    }
  }

  @OnEveryCarrier
  void exit_failsAfterASuccess_leavesNoValue(Carrier carrier, VirtualTime time) throws Exception {
    for (Form form : Form.values()) {
      var journal = new Journal();
      AsyncContextManager<String> manager =
          form.of(
              new Probe(journal, carrier, "a")
                  .failingToExit(new IOException("exit"))
                  .suppressing(IOException.class));

      String result = carrier.<String, String>use(time, manager, _ -> "value");

      assertThat(result).as("%s", form).isNull();
      assertThat(journal.events())
          .as("%s", form)
          .containsExactly("enter a", "entered a", "exit a succeeded");
    }
  }

  @OnEveryCarrier
  void exit_failsAfterASuccess_releasesTheValue(Carrier carrier, VirtualTime time)
      throws Exception {
    for (Form form : Form.values()) {
      List<Object> released = new ArrayList<>();
      var value = new Object();
      AsyncContextManager<String> manager =
          form.of(
                  new Probe(new Journal(), carrier, "a")
                      .failingToExit(new IOException("exit"))
                      .suppressing(IOException.class))
              .releasingDropped(
                  Object.class,
                  dropped -> {
                    released.add(dropped);
                    return completedFuture(null);
                  });

      var _ = carrier.<String, Object>use(time, manager, _ -> value);

      assertThat(released).as("%s", form).containsExactly(value);
    }
  }

  @OnEveryCarrier
  void exit_ofAnOuterManagerSuppressesAnInnerOnes_leavesNoValue(Carrier carrier, VirtualTime time)
      throws Exception {
    for (Form form : Form.values()) {
      AsyncContextManager<String> inner =
          new Probe(new Journal(), carrier, "inner").failingToExit(new IOException("exit"));
      AsyncContextManager<String> manager =
          form.of(
              new Probe(new Journal(), carrier, "outer")
                  .answering(Verdict.SUPPRESS)
                  .flatMap(_ -> inner));

      String result = carrier.<String, String>use(time, manager, _ -> "value");

      assertThat(result).as("%s", form).isNull();
    }
  }

  @OnEveryCarrier
  void exit_onAStackOrInAGroup_keepsTheValueOfTheBody(Carrier carrier, VirtualTime time)
      throws Exception {
    var outer = new Probe(new Journal(), carrier, "outer").answering(Verdict.SUPPRESS);
    var inner = new Probe(new Journal(), carrier, "inner").failingToExit(new IOException("exit"));
    var group = AsyncContextManager.all(List.of(inner.suppressing(IOException.class)));

    String ofTheStack =
        carrier.use(
            time,
            AsyncExitStack.manager(),
            stack -> {
              for (Probe each : List.of(outer, inner)) {
                if (carrier.isDirect()) {
                  stack.enter(each);
                } else {
                  time.await(stack.enterAsync(each));
                }
              }
              return "value";
            });
    String ofTheGroup = carrier.use(time, group, _ -> "value");

    assertThat(ofTheStack).isEqualTo("value");
    assertThat(ofTheGroup).isEqualTo("value");
  }

  @OnEveryCarrier
  void exit_succeeds_keepsTheValue(Carrier carrier, VirtualTime time) throws Exception {
    for (Form form : Form.values()) {
      AsyncContextManager<String> manager =
          form.of(new Probe(new Journal(), carrier, "a").suppressing(IOException.class));

      String result = carrier.<String, String>use(time, manager, _ -> "value");

      assertThat(result).as("%s", form).isEqualTo("value");
    }
  }
}
