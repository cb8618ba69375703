package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * L5: the body's error is primary, a failing exit is added to it, and nothing is lost or doubled.
 */
@ExtendWith(LeakCheck.class)
class L5NoErrorIsLostTest {

  @OnEveryCarrier
  void exit_failsAfterSuccess_isTheResult(Carrier carrier, VirtualTime time, Journal journal) {
    var error = new IOException("exit");

    Throwable thrown =
        catchThrowable(() ->
            carrier.use(
                time, new Probe(journal, carrier, "a").failingToExit(error), value -> value));

    assertThat(thrown).isSameAs(error).hasNoSuppressedExceptions();
  }

  @OnEveryCarrier
  void exit_failsAfterFailure_isSuppressedByTheBodysError(
      Carrier carrier, VirtualTime time, Journal journal) {
    var bodyError = new IOException("body");
    var exitError = new IOException("exit");

    Throwable thrown = useAndFail(carrier, time, journal, bodyError, exitError);

    assertThat(thrown).isSameAs(bodyError);
    assertThat(thrown.getSuppressed()).containsExactly(exitError);
  }

  @OnEveryCarrier
  void exits_ofNestedUsesFail_areSuppressedInOrder(
      Carrier carrier, VirtualTime time, Journal journal) {
    var bodyError = new IOException("body");
    var innerError = new IOException("inner");
    var outerError = new IOException("outer");
    var outer = new Probe(journal, carrier, "outer").failingToExit(outerError);
    var inner = new Probe(journal, carrier, "inner").failingToExit(innerError);

    Throwable thrown =
        catchThrowable(() -> {
          if (carrier.isDirect()) {
            carrier.use(
                time, outer, _ -> inner.<String, Exception>use(_ -> Probe.raise(bodyError)));
          } else {
            time.await(
                outer.useAsync(
                    _ -> inner.useAsync(_ -> carrier.step(() -> Probe.raise(bodyError)))));
          }
        });

    assertThat(thrown).isSameAs(bodyError);
    assertThat(thrown.getSuppressed()).containsExactly(innerError, outerError);
  }

  @OnEveryCarrier
  void exits_ofAStackFailAfterSuccess_areAllReachable(
      Carrier carrier, VirtualTime time, Journal journal) {
    var first = new IOException("first");
    var second = new IOException("second");
    var third = new IOException("third");

    Throwable thrown =
        catchThrowable(() ->
            carrier.use(
                time,
                AsyncExitStack.manager(),
                stack -> {
                  stack.deferAsync(() -> carrier.step(() -> Probe.raise(third)));
                  stack.deferAsync(() -> carrier.step(() -> Probe.raise(second)));
                  stack.deferAsync(() -> carrier.step(() -> Probe.raise(first)));
                  return null;
                }));

    assertThat(thrown).isSameAs(first);
    assertThat(thrown.getSuppressed()).containsExactly(second, third);
  }

  @OnEveryCarrier
  void exit_failsWithTheBodysOwnError_addsNothing(
      Carrier carrier, VirtualTime time, Journal journal) {
    var error = new IOException("both");

    Throwable thrown = useAndFail(carrier, time, journal, error, error);

    assertThat(thrown).isSameAs(error).hasNoSuppressedExceptions();
  }

  @OnEveryCarrier
  void exit_failsWithTheCauseOfTheBodysError_addsNothing(
      Carrier carrier, VirtualTime time, Journal journal) {
    var cause = new IOException("cause");
    var error = new IllegalStateException("body", cause);

    Throwable thrown = useAndFail(carrier, time, journal, error, cause);

    assertThat(thrown).isSameAs(error).hasNoSuppressedExceptions();
  }

  @OnEveryCarrier
  void exit_failsWrappingTheBodysError_closesNoCycle(
      Carrier carrier, VirtualTime time, Journal journal) {
    var bodyError = new IOException("body");
    var exitError = new IllegalStateException("exit", bodyError);

    Throwable thrown = useAndFail(carrier, time, journal, bodyError, exitError);

    assertThat(thrown).isSameAs(bodyError);
    assertThat(thrown.getSuppressed()).hasSize(1);
    Throwable added = thrown.getSuppressed()[0];
    assertThat(added).hasToString(exitError.toString()).hasNoCause().hasNoSuppressedExceptions();
    assertThat(added.getStackTrace()).isEqualTo(exitError.getStackTrace());
  }

  @OnEveryCarrier
  void exit_failsWrappingTheBodysError_keepsWhatElseItCarries(
      Carrier carrier, VirtualTime time, Journal journal) {
    var bodyError = new IOException("body");
    var other = new IOException("other");
    var between = new IllegalStateException("between", bodyError);
    between.addSuppressed(other);
    var exitError = new IllegalStateException("exit", between);

    Throwable thrown = useAndFail(carrier, time, journal, bodyError, exitError);

    assertThat(thrown).isSameAs(bodyError);
    assertThat(thrown.getSuppressed()).hasSize(1);
    assertThat(thrown.getSuppressed()[0].getSuppressed())
        .extracting(Throwable::toString)
        .containsExactly(between.toString(), other.toString());
  }

  @OnEveryCarrier
  void bodyError_withoutSuppression_isWrappedWithTheExits(
      Carrier carrier, VirtualTime time, Journal journal) {
    var bodyError = new Unsuppressing("body", true);
    var exitError = new IOException("exit");

    Throwable thrown = useAndFail(carrier, time, journal, bodyError, exitError);

    assertThat(thrown)
        .isInstanceOf(RuntimeException.class)
        .hasMessage("the body failed with " + bodyError + ", an instance that other uses share")
        .hasCause(bodyError);
    assertThat(thrown.getSuppressed()).containsExactly(exitError);
  }

  @OnEveryCarrier
  void bodyError_withoutStackTrace_staysAsItWas(
      Carrier carrier, VirtualTime time, Journal journal) {
    var bodyError = new Unsuppressing("body", false);
    var exitError = new IOException("exit");

    Throwable thrown = useAndFail(carrier, time, journal, bodyError, exitError);

    assertThat(thrown).hasCause(bodyError);
    assertThat(thrown.getSuppressed()).containsExactly(exitError);
    assertThat(bodyError).hasNoSuppressedExceptions();
  }

  @OnEveryCarrier
  void bodyError_sharedByUses_gathersNothingAfterTheFirst(
      Carrier carrier, VirtualTime time, Journal journal) {
    var shared = new IOException("made once");
    var firstExit = new IOException("first exit");
    var secondExit = new IOException("second exit");

    Throwable first = useAndFail(carrier, time, journal, shared, firstExit);
    Throwable second = useAndFail(carrier, time, journal, shared, secondExit);

    assertThat(first).isSameAs(shared);
    assertThat(shared.getSuppressed()).containsExactly(firstExit);
    assertThat(second).isInstanceOf(RuntimeException.class).hasCause(shared);
    assertThat(second.getSuppressed()).containsExactly(secondExit);
  }

  @OnEveryCarrier
  void errors_wrappedByFutures_areSeenUnwrapped(
      Carrier carrier, VirtualTime time, Journal journal) {
    var bodyError = new IOException("body");
    var exitError = new IOException("exit");

    Throwable thrown =
        useAndFail(
            carrier,
            time,
            journal,
            new CompletionException(new ExecutionException(bodyError)),
            new CompletionException(exitError));

    assertThat(thrown).isSameAs(bodyError);
    assertThat(thrown.getSuppressed()).containsExactly(exitError);
    assertThat(journal.events()).contains("exit a failed body");
  }

  @OnEveryCarrier
  void exit_completesWithNull_isAFailureThatSaysWhatToDo(
      Carrier carrier, VirtualTime time, Journal journal) {
    Throwable thrown =
        catchThrowable(() ->
            carrier.use(
                time,
                AsyncContextManager.of(
                    () -> carrier.step(() -> "a"), (_, _) -> carrier.step(() -> null)),
                value -> value));

    assertThat(thrown)
        .isExactlyInstanceOf(NullPointerException.class)
        .hasMessage(
            "the exit completed with null instead of a verdict: complete it with"
                + " Verdict.PROPAGATE");
  }

  @OnEveryCarrier
  void exit_returnsNull_isAFailureThatSaysWhatToDo(
      Carrier carrier, VirtualTime time, Journal journal) {
    Throwable thrown =
        catchThrowable(() ->
            carrier.use(
                time,
                AsyncContextManager.of(() -> carrier.step(() -> "a"), (_, _) -> null),
                value -> value));

    assertThat(thrown)
        .isExactlyInstanceOf(NullPointerException.class)
        .hasMessage(
            "exitAsync returned null instead of a stage: return one that completes with a"
                + " verdict");
  }

  private static Throwable useAndFail(
      Carrier carrier,
      VirtualTime time,
      Journal journal,
      Throwable bodyError,
      Throwable exitError) {
    return catchThrowable(() ->
        carrier.use(
            time,
            new Probe(journal, carrier, "a").failingToExit(exitError),
            _ -> Probe.raise(bodyError)));
  }

  private static final class Unsuppressing extends RuntimeException {
    private static final long serialVersionUID = 1;

    Unsuppressing(String message, boolean withStackTrace) {
      super(message, null, !withStackTrace, withStackTrace);
    }
  }
}
