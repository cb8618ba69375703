package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** L1: an enter that gave a context is followed by exactly one exit, a failed one by none. */
@ExtendWith(LeakCheck.class)
class L1ExactlyOnceTest {

  @OnEveryCarrier
  void exit_bodyReturns_runsOnceAfterIt(Carrier carrier, VirtualTime time, Journal journal)
      throws Exception {
    var manager = new Probe(journal, carrier, "a");

    String result =
        carrier.use(
            time,
            manager,
            value -> {
              journal.add("body " + value);
              return "result";
            });

    assertThat(result).isEqualTo("result");
    assertThat(journal.events())
        .containsExactly("enter a", "entered a", "body a", "exit a succeeded", "exited a");
  }

  @OnEveryCarrier
  void exit_bodyThrows_runsOnceToldSo(Carrier carrier, VirtualTime time, Journal journal) {
    var error = new IOException("broken");
    var manager = new Probe(journal, carrier, "a");

    Throwable thrown = catchThrowable(() -> carrier.use(time, manager, _ -> Probe.raise(error)));

    assertThat(thrown).isSameAs(error).hasNoSuppressedExceptions();
    assertThat(journal.events())
        .containsExactly("enter a", "entered a", "exit a failed broken", "exited a");
  }

  @OnEveryCarrier
  void exit_bodyThrowsError_runsOnceToldSo(Carrier carrier, VirtualTime time, Journal journal) {
    var error = new AssertionError("assertion");
    var manager = new Probe(journal, carrier, "a");

    Throwable thrown = catchThrowable(() -> carrier.use(time, manager, _ -> Probe.raise(error)));

    assertThat(thrown).isSameAs(error).hasNoSuppressedExceptions();
    assertThat(journal.events())
        .containsExactly("enter a", "entered a", "exit a failed assertion", "exited a");
  }

  @OnEveryCarrier
  void exit_bodyIsCancelled_runsOnceToldSo(Carrier carrier, VirtualTime time, Journal journal) {
    var error = new java.util.concurrent.CancellationException("enough");
    var manager = new Probe(journal, carrier, "a");

    Throwable thrown = catchThrowable(() -> carrier.use(time, manager, _ -> Probe.raise(error)));

    assertThat(thrown).isSameAs(error).hasNoSuppressedExceptions();
    assertThat(journal.events())
        .containsExactly(
            "enter a", "entered a", "exit a cancelled CancellationException", "exited a");
  }

  @OnEveryCarrier
  void enter_fails_neitherBodyNorExitRuns(Carrier carrier, VirtualTime time, Journal journal) {
    var error = new IOException("no such thing");
    var manager = new Probe(journal, carrier, "a").failingToEnter(error);

    Throwable thrown =
        catchThrowable(() ->
            carrier.use(
                time,
                manager,
                _ -> {
                  journal.add("body");
                  return null;
                }));

    assertThat(thrown).isSameAs(error).hasNoSuppressedExceptions();
    assertThat(journal.events()).containsExactly("enter a");
  }

  @OnEveryCarrier
  void enter_throws_neitherBodyNorExitRuns(Carrier carrier, VirtualTime time, Journal journal) {
    var error = new IllegalArgumentException("bad address");
    AsyncContextManager<String> manager =
        () -> {
          throw error;
        };

    Throwable thrown =
        catchThrowable(() ->
            carrier.use(
                time,
                manager,
                _ -> {
                  journal.add("body");
                  return null;
                }));

    assertThat(thrown).isSameAs(error).hasNoSuppressedExceptions();
    assertThat(journal.events()).isEmpty();
  }

  @OnEveryCarrier
  void enter_returnsNull_saysWhatToReturn(Carrier carrier, VirtualTime time) {
    AsyncContextManager<String> manager = () -> null;

    assertThatThrownBy(() -> carrier.use(time, manager, value -> value))
        .isExactlyInstanceOf(NullPointerException.class)
        .hasMessage(
            "enterAsync returned null instead of a stage: return one that completes with a"
                + " context");
  }

  @OnEveryCarrier
  void enter_completesWithNull_saysWhatToCompleteWith(Carrier carrier, VirtualTime time) {
    AsyncContextManager<String> manager = () -> carrier.step(() -> null);

    assertThatThrownBy(() -> carrier.use(time, manager, value -> value))
        .isExactlyInstanceOf(NullPointerException.class)
        .hasMessage(
            "enterAsync completed with null instead of a context: complete it with an"
                + " AsyncContext");
  }

  @OnEveryCarrier
  void enter_completesWithNullBehindAnother_failsAllTheSame(Carrier carrier, VirtualTime time) {
    AsyncContextManager<String> manager = () -> carrier.step(() -> null);

    for (var wrapped :
        List.of(
            manager.suppressing(Exception.class),
            manager.exitTimeout(Duration.ofHours(1)),
            manager.suppressing(Exception.class).map(value -> value),
            AsyncContextManager.all(List.of(manager.exitTimeout(Duration.ofHours(1)))))) {
      assertThatThrownBy(() -> carrier.use(time, wrapped, _ -> "value"))
          .isExactlyInstanceOf(NullPointerException.class)
          .hasMessage(Stages.NO_CONTEXT);
    }
  }

  @OnEveryCarrier
  void exit_valueThrows_runsOnceToldSo(Carrier carrier, VirtualTime time, Journal journal) {
    var error = new IllegalStateException("no value");
    AsyncContextManager<String> manager =
        () ->
            carrier.step(() ->
                new AsyncContext<>() {
                  @Override
                  public String value() {
                    throw error;
                  }

                  @Override
                  public CompletableFuture<Verdict> exitAsync(ExitCase how) {
                    journal.add("exit " + Probe.describe(how));
                    return CompletableFuture.completedFuture(Verdict.PROPAGATE);
                  }
                });

    Throwable thrown = catchThrowable(() -> carrier.use(time, manager, value -> value));

    assertThat(thrown).isSameAs(error);
    assertThat(journal.events()).containsExactly("exit failed no value");
  }

  @Test
  void exit_bodyReturnsNullStage_runsOnceAndSaysWhatToReturn(VirtualTime time, Journal journal) {
    var manager = new Probe(journal, Carrier.STAGE_LATER, "a");

    Throwable thrown = catchThrowable(() -> time.await(manager.useAsync(_ -> null)));

    assertThat(thrown)
        .isExactlyInstanceOf(NullPointerException.class)
        .hasMessage(
            "the body returned null instead of a stage: return one that completes as the body"
                + " ends");
    assertThat(journal.events())
        .containsExactly(
            "enter a", "entered a", "exit a failed " + thrown.getMessage(), "exited a");
  }
}
