package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What wraps a manager keeps the protocol: entered and exited by hand, it answers as that does. */
@ExtendWith(LeakCheck.class)
class ProtocolByHandTest {
  private static final Duration DAY = Duration.ofDays(1);

  enum Wrapping {
    NAMED,
    MAPPED,
    SUPPRESSING,
    ENTER_TIMEOUT,
    EXIT_TIMEOUT,
    GROUP,
    THERE_AND_BACK,
    ON_AN_EXECUTOR;

    AsyncContext<?> enter(VirtualTime time, Probe probe) throws Exception {
      AsyncContextManager<?> manager =
          switch (this) {
            case NAMED -> probe.named("other");
            case MAPPED -> probe.map(value -> value);
            case SUPPRESSING -> probe.suppressing(IOException.class);
            case ENTER_TIMEOUT -> probe.enterTimeout(DAY);
            case EXIT_TIMEOUT -> probe.exitTimeout(DAY);
            case GROUP -> AsyncContextManager.all(List.of(probe)).map(List::getFirst);
            case THERE_AND_BACK -> probe.blocking().async();
            case ON_AN_EXECUTOR ->
                probe.blocking().async(time.executor(Thread::startVirtualThread));
          };
      return time.await(manager.enterAsync());
    }
  }

  private final Journal journal = new Journal();
  private final Probe probe = new Probe(journal, Carrier.STAGE_LATER, "a");

  @ParameterizedTest
  @EnumSource
  void context_enteredByHand_handsOutTheValue(Wrapping wrapping, VirtualTime time)
      throws Exception {
    AsyncContext<?> context = wrapping.enter(time, probe);

    assertThat(context.value()).isEqualTo("a");
    assertThat(time.await(context.exitAsync(ExitCase.success()))).isEqualTo(Verdict.PROPAGATE);
    assertThat(journal.events())
        .containsExactly("enter a", "entered a", "exit a succeeded", "exited a");
  }

  @ParameterizedTest
  @EnumSource
  void context_exitedByHand_answersWithItsVerdict(Wrapping wrapping, VirtualTime time)
      throws Exception {
    Verdict verdict = Verdict.replaceWith(new IllegalStateException("other"));
    AsyncContext<?> context = wrapping.enter(time, probe.answering(verdict));

    assertThat(time.await(context.exitAsync(ExitCase.of(new IllegalStateException("body")))))
        .isEqualTo(verdict);
    assertThat(journal.events())
        .containsExactly("enter a", "entered a", "exit a failed body", "exited a");
  }

  @Test
  void closing_exitedByHand_closesAndPropagates(VirtualTime time) throws Exception {
    AsyncContext<? extends String> context =
        time.await(
            AsyncContextManager.closing(
                    () -> CompletableFuture.completedFuture("a"),
                    value -> {
                      journal.add("closed " + value);
                      return CompletableFuture.completedFuture(null);
                    })
                .enterAsync());

    assertThat(time.await(context.exitAsync(ExitCase.success()))).isEqualTo(Verdict.PROPAGATE);
    assertThat(journal.events()).containsExactly("closed a");
  }
}
