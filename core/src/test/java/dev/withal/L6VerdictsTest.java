package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** L6: an exit suppresses or replaces by its verdict, and the outer ones see what it left. */
@ExtendWith(LeakCheck.class)
class L6VerdictsTest {

  @OnEveryCarrier
  void suppress_ofAFailure_leavesNoValue(Carrier carrier, VirtualTime time, Journal journal)
      throws Exception {
    String result =
        carrier.use(
            time,
            new Probe(journal, carrier, "a").answering(Verdict.SUPPRESS),
            _ -> Probe.raise(new IOException("body")));

    assertThat(result).isNull();
  }

  @OnEveryCarrier
  void suppress_ofASuccess_keepsTheValue(Carrier carrier, VirtualTime time, Journal journal)
      throws Exception {
    String result =
        carrier.use(
            time, new Probe(journal, carrier, "a").answering(Verdict.SUPPRESS), value -> value);

    assertThat(result).isEqualTo("a");
  }

  @OnEveryCarrier
  void suppress_ofAnInnerExit_letsTheOuterSeeASuccess(
      Carrier carrier, VirtualTime time, Journal journal) throws Exception {
    unwind(
        carrier,
        time,
        new Probe(journal, carrier, "outer"),
        new Probe(journal, carrier, "inner").answering(Verdict.SUPPRESS),
        new IOException("body"));

    assertThat(journal.events())
        .containsSubsequence("exit inner failed body", "exit outer succeeded")
        .doesNotContain("exit outer failed body");
  }

  @OnEveryCarrier
  void replace_ofAFailure_keepsTheOldErrorReachable(
      Carrier carrier, VirtualTime time, Journal journal) {
    var bodyError = new IOException("body");
    var replacement = new IllegalStateException("replacement");

    Throwable thrown = replace(carrier, time, journal, bodyError, replacement);

    assertThat(thrown).isSameAs(replacement);
    assertThat(thrown.getSuppressed()).containsExactly(bodyError);
  }

  @OnEveryCarrier
  void replace_byAnErrorCausedByTheOld_addsNothing(
      Carrier carrier, VirtualTime time, Journal journal) {
    var bodyError = new IOException("body");
    var replacement = new IllegalStateException("replacement", bodyError);

    Throwable thrown = replace(carrier, time, journal, bodyError, replacement);

    assertThat(thrown).isSameAs(replacement).hasNoSuppressedExceptions();
  }

  @OnEveryCarrier
  void replace_byTheSameError_changesNothing(Carrier carrier, VirtualTime time, Journal journal) {
    var bodyError = new IOException("body");

    Throwable thrown = replace(carrier, time, journal, bodyError, bodyError);

    assertThat(thrown).isSameAs(bodyError).hasNoSuppressedExceptions();
  }

  @OnEveryCarrier
  void replace_ofASuccess_isAFailure(Carrier carrier, VirtualTime time, Journal journal) {
    var replacement = new IllegalStateException("replacement");

    Throwable thrown =
        catchThrowable(() ->
            carrier.use(
                time,
                new Probe(journal, carrier, "a").answering(Verdict.replaceWith(replacement)),
                value -> value));

    assertThat(thrown).isSameAs(replacement).hasNoSuppressedExceptions();
  }

  @OnEveryCarrier
  void replace_byAnInnerExit_isWhatTheOuterSees(
      Carrier carrier, VirtualTime time, Journal journal) {
    var replacement = new IllegalStateException("replacement");

    Throwable thrown =
        catchThrowable(() ->
            unwind(
                carrier,
                time,
                new Probe(journal, carrier, "outer"),
                new Probe(journal, carrier, "inner").answering(Verdict.replaceWith(replacement)),
                new IOException("body")));

    assertThat(thrown).isSameAs(replacement);
    assertThat(journal.events())
        .containsSubsequence("exit inner failed body", "exit outer failed replacement");
  }

  @OnEveryCarrier
  void failure_ofAnInnerExitAfterSuccess_isWhatTheOuterSees(
      Carrier carrier, VirtualTime time, Journal journal) {
    var exitError = new IOException("exit");

    Throwable thrown =
        catchThrowable(() ->
            unwind(
                carrier,
                time,
                new Probe(journal, carrier, "outer"),
                new Probe(journal, carrier, "inner").failingToExit(exitError),
                null));

    assertThat(thrown).isSameAs(exitError);
    assertThat(journal.events())
        .containsSubsequence("exit inner succeeded", "exit outer failed exit");
  }

  @OnEveryCarrier
  void failure_ofAnInnerExitAfterFailure_leavesTheCaseAsItWas(
      Carrier carrier, VirtualTime time, Journal journal) {
    var bodyError = new IOException("body");
    var exitError = new IOException("exit");

    Throwable thrown =
        catchThrowable(() ->
            unwind(
                carrier,
                time,
                new Probe(journal, carrier, "outer").answering(Verdict.SUPPRESS),
                new Probe(journal, carrier, "inner").failingToExit(exitError),
                bodyError));

    assertThat(thrown).isNull();
    assertThat(journal.events())
        .containsSubsequence("exit inner failed body", "exit outer failed body");
    assertThat(bodyError.getSuppressed()).containsExactly(exitError);
  }

  @Test
  void suppress_afterAnInterruptedEnter_doesNotUndoIt(VirtualTime time, Journal journal)
      throws Exception {
    Throwable thrown = interruptWhileItEnters(time, journal, Verdict.SUPPRESS);

    assertThat(thrown).isExactlyInstanceOf(InterruptedException.class);
  }

  @Test
  void suppress_ofAnInterruptedBody_endsTheInterruption(Journal journal) throws Exception {
    var manager = new Probe(journal, Carrier.SAME_THREAD, "a").answering(Verdict.SUPPRESS);

    String result =
        manager.use(_ -> {
          Thread.currentThread().interrupt();
          Async.sleep(Duration.ofHours(1));
          return "slept";
        });

    assertThat(result).isNull();
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void replace_afterAnInterruptedEnter_keepsTheInterruptionReachable(
      VirtualTime time, Journal journal) throws Exception {
    var replacement = new IOException("replacement");

    Throwable thrown = interruptWhileItEnters(time, journal, Verdict.replaceWith(replacement));

    assertThat(thrown).isSameAs(replacement);
    assertThat(thrown.getSuppressed()).hasOnlyElementsOfType(InterruptedException.class);
  }

  @Test
  void replace_afterARequest_keepsTheReasonReachable(Journal journal) {
    var replacement = new IOException("replacement");
    var body = new CompletableFuture<String>();
    CompletableFuture<String> result =
        new Probe(journal, Carrier.STAGE_COMPLETE, "a")
            .answering(Verdict.replaceWith(replacement))
            .useAsync(_ -> body);

    result.cancel(true);
    body.complete("ignored");

    assertThat(result.exceptionNow()).isSameAs(replacement);
    assertThat(replacement.getSuppressed()).hasOnlyElementsOfType(CancellationException.class);
  }

  @Test
  void replace_besideTheBody_stillTellsTheOuterThatItRuns(VirtualTime time, Journal journal) {
    var replacement = new IOException("replacement");
    CompletableFuture<String> result =
        AsyncExitStack.manager()
            .useAsync(stack -> {
              stack.enterAsync(new Probe(journal, Carrier.STAGE_COMPLETE, "outer"));
              stack.enterAsync(
                  new Probe(journal, Carrier.STAGE_COMPLETE, "inner")
                      .answering(Verdict.replaceWith(replacement)));
              return new CompletableFuture<>();
            });

    result.cancel(true);
    time.advance(Duration.ofSeconds(1));

    assertThat(result.exceptionNow()).isSameAs(replacement);
    assertThat(journal.events())
        .endsWith(
            "exit inner cancelled CancellationException beside the body",
            "exited inner",
            "exit outer cancelled IOException beside the body",
            "exited outer");
  }

  /** {@return what a use throws whose context arrives after the interruption and answers so} */
  private static Throwable interruptWhileItEnters(VirtualTime time, Journal journal, Verdict answer)
      throws Exception {
    var manager = new ByHand(journal);
    var thrown = new CompletableFuture<Throwable>();
    Thread thread =
        time.start(() -> thrown.complete(catchThrowable(() -> manager.use(value -> value))));
    time.settle();
    time.interrupt(thread);
    time.settle();
    manager.exit.complete(answer);
    manager.arrive();
    return time.await(thrown);
  }

  private static Throwable replace(
      Carrier carrier, VirtualTime time, Journal journal, Throwable error, Throwable by) {
    return catchThrowable(() ->
        carrier.use(
            time,
            new Probe(journal, carrier, "a").answering(Verdict.replaceWith(by)),
            _ -> Probe.raise(error)));
  }

  /** Two contexts on one stack: the same rules hold as for two uses. */
  private static void unwind(
      Carrier carrier, VirtualTime time, Probe outer, Probe inner, Throwable end) throws Exception {
    carrier.use(
        time,
        AsyncExitStack.manager(),
        stack -> {
          if (carrier.isDirect()) {
            stack.enter(outer);
            stack.enter(inner);
          } else {
            time.await(stack.enterAsync(outer));
            time.await(stack.enterAsync(inner));
          }
          return end == null ? "done" : Probe.raise(end);
        });
  }
}
