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

/** Chains of managers as one context of a stack, or entered by the protocol itself. */
@ExtendWith(LeakCheck.class)
class ComposeOnStackTest {

  @OnEveryCarrier
  void chain_onAStack_staysEnteredUntilTheStackExits(
      Carrier carrier, VirtualTime time, Journal journal) throws Exception {
    String result =
        carrier.use(
            time,
            AsyncExitStack.manager(),
            stack -> {
              String value = enter(carrier, time, stack, chain(carrier, journal));
              journal.add("body " + value);
              return value;
            });

    assertThat(result).isEqualTo("b!");
    assertThat(journal.events())
        .containsExactly(
            "enter a",
            "entered a",
            "enter b",
            "entered b",
            "body b!",
            "exit b succeeded",
            "exited b",
            "exit a succeeded",
            "exited a");
  }

  @OnEveryCarrier
  void chain_onAStackThatFails_isToldSo(Carrier carrier, VirtualTime time, Journal journal) {
    var error = new IOException("body");

    Throwable thrown =
        catchThrowable(() ->
            carrier.use(
                time,
                AsyncExitStack.manager(),
                stack -> {
                  enter(carrier, time, stack, chain(carrier, journal));
                  return Probe.raise(error);
                }));

    assertThat(thrown).isSameAs(error).hasNoSuppressedExceptions();
    assertThat(journal.events())
        .endsWith("entered b", "exit b failed body", "exited b", "exit a failed body", "exited a");
  }

  @OnEveryCarrier
  void chain_onAStackSuppresses_leavesASuccess(Carrier carrier, VirtualTime time, Journal journal)
      throws Exception {
    var suppressing = new Probe(journal, carrier, "a").answering(Verdict.SUPPRESS);

    String result =
        carrier.use(
            time,
            AsyncExitStack.manager(),
            stack -> {
              enter(carrier, time, stack, suppressing.map(value -> value + "!"));
              return Probe.raise(new IOException("body"));
            });

    assertThat(result).isNull();
    assertThat(journal.events())
        .containsExactly("enter a", "entered a", "exit a failed body", "exited a");
  }

  @OnEveryCarrier
  void chain_onAStackFailsToEnterItsInner_leavesNothingBehind(
      Carrier carrier, VirtualTime time, Journal journal) {
    var error = new IOException("enter b");
    AsyncContextManager<String> chain =
        new Probe(journal, carrier, "a")
            .flatMap(_ -> new Probe(journal, carrier, "b").failingToEnter(error));

    Throwable thrown =
        catchThrowable(() ->
            carrier.use(
                time,
                AsyncExitStack.manager(),
                stack -> {
                  String value = enter(carrier, time, stack, chain);
                  journal.add("body");
                  return value;
                }));

    assertThat(thrown).isSameAs(error).hasNoSuppressedExceptions();
    assertThat(journal.events())
        .containsExactly("enter a", "entered a", "enter b", "exit a failed enter b", "exited a");
  }

  @Test
  void chain_enteredByTheProtocol_exitsWhenAsked(VirtualTime time, Journal journal)
      throws Exception {
    AsyncContext<? extends String> context =
        time.await(chain(Carrier.STAGE_LATER, journal).enterAsync());

    journal.add("value " + context.value());
    Verdict verdict = time.await(context.exitAsync(ExitCase.success()));

    assertThat(verdict).isEqualTo(Verdict.PROPAGATE);
    assertThat(journal.events())
        .containsExactly(
            "enter a",
            "entered a",
            "enter b",
            "entered b",
            "value b!",
            "exit b succeeded",
            "exited b",
            "exit a succeeded",
            "exited a");
  }

  @Test
  void chain_enteredByTheProtocolFailsToExit_answersWithTheError(VirtualTime time, Journal journal)
      throws Exception {
    var error = new IOException("exit");
    var a = new Probe(journal, Carrier.STAGE_LATER, "a").failingToExit(error);
    AsyncContext<? extends String> context = time.await(a.map(value -> value).enterAsync());

    Verdict verdict = time.await(context.exitAsync(ExitCase.success()));

    assertThat(verdict).isEqualTo(Verdict.replaceWith(error));
  }

  @Test
  void chain_cancelledBetweenTwoEnters_exitsTheFirstAndAwaitsTheSecond(
      VirtualTime time, Journal journal) {
    var b = new ByHand(journal);
    b.exit.complete(Verdict.PROPAGATE);
    CompletableFuture<String> result =
        new Probe(journal, Carrier.STAGE_COMPLETE, "a")
            .flatMap(_ -> b)
            .useAsync(CompletableFuture::completedFuture);

    result.cancel(true);
    assertThat(result).isNotDone();
    b.arrive();

    assertThat(result).isCancelled();
    assertThat(journal.events())
        .containsExactly(
            "enter a",
            "entered a",
            "enter",
            "exit cancelled CancellationException",
            "exit a cancelled CancellationException",
            "exited a");
  }

  private static AsyncContextManager<String> chain(Carrier carrier, Journal journal) {
    return new Probe(journal, carrier, "a")
        .flatMap(_ -> new Probe(journal, carrier, "b"))
        .map(value -> value + "!");
  }

  private static String enter(
      Carrier carrier, VirtualTime time, AsyncExitStack stack, AsyncContextManager<String> manager)
      throws Exception {
    return carrier.isDirect() ? stack.enter(manager) : time.await(stack.enterAsync(manager));
  }
}
