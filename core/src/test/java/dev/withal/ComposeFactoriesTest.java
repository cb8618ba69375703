package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Managers made of values and functions; {@link ComposeClosingTest} has those that close. */
@ExtendWith(LeakCheck.class)
class ComposeFactoriesTest {

  @OnEveryCarrier
  void of_aValue_handsOutThatObject(Carrier carrier, VirtualTime time) throws Exception {
    var value = new Object();

    Object seen = carrier.use(time, AsyncContextManager.ofValue(value), held -> held);

    assertThat(seen).isSameAs(value);
  }

  @OnEveryCarrier
  void of_null_handsOutNull(Carrier carrier, VirtualTime time) throws Exception {
    AsyncContextManager<String> manager = AsyncContextManager.ofValue(null);

    String seen = carrier.use(time, manager, value -> "got " + value);

    assertThat(seen).isEqualTo("got null");
  }

  @OnEveryCarrier
  void of_aValue_propagatesTheBodysError(Carrier carrier, VirtualTime time) {
    var error = new IOException("body");

    Throwable thrown =
        catchThrowable(
            () -> carrier.use(time, AsyncContextManager.ofValue("value"), _ -> Probe.raise(error)));

    assertThat(thrown).isSameAs(error).hasNoSuppressedExceptions();
  }

  @OnEveryCarrier
  void of_functions_exitsTheValueToldHowTheBodyEnded(
      Carrier carrier, VirtualTime time, Journal journal) throws Exception {
    AsyncContextManager<String> manager = ofFunctions(carrier, journal, Verdict.PROPAGATE);

    Throwable failed =
        catchThrowable(() -> carrier.use(time, manager, _ -> Probe.raise(new IOException("body"))));
    Throwable cancelled =
        catchThrowable(() ->
            carrier.use(time, manager, _ -> Probe.raise(new CancellationException("enough"))));
    carrier.use(time, manager, value -> value);

    assertThat(failed).hasMessage("body");
    assertThat(cancelled).hasMessage("enough");
    assertThat(journal.events())
        .containsExactly(
            "open value",
            "exit value failed body",
            "open value",
            "exit value cancelled CancellationException",
            "open value",
            "exit value succeeded");
  }

  @OnEveryCarrier
  void of_functions_followsTheVerdict(Carrier carrier, VirtualTime time, Journal journal)
      throws Exception {
    AsyncContextManager<String> manager = ofFunctions(carrier, journal, Verdict.SUPPRESS);

    String result = carrier.use(time, manager, _ -> Probe.raise(new IOException("body")));

    assertThat(result).isNull();
  }

  @OnEveryCarrier
  void of_enterThrows_exitsNothing(Carrier carrier, VirtualTime time, Journal journal) {
    var error = new IllegalStateException("enter");
    AsyncContextManager<String> manager =
        AsyncContextManager.of(
            () -> {
              throw error;
            },
            (_, _) -> note(carrier, journal, "exit", Verdict.PROPAGATE));

    Throwable thrown = catchThrowable(() -> carrier.use(time, manager, value -> value));

    assertThat(thrown).isSameAs(error).hasNoSuppressedExceptions();
    assertThat(journal.events()).isEmpty();
  }

  @OnEveryCarrier
  void of_enterFails_exitsNothing(Carrier carrier, VirtualTime time, Journal journal) {
    var error = new IOException("enter");
    AsyncContextManager<String> manager =
        AsyncContextManager.of(
            () -> carrier.step(() -> Probe.raise(error)),
            (_, _) -> note(carrier, journal, "exit", Verdict.PROPAGATE));

    Throwable thrown = catchThrowable(() -> carrier.use(time, manager, value -> value));

    assertThat(thrown).isSameAs(error).hasNoSuppressedExceptions();
    assertThat(journal.events()).isEmpty();
  }

  @OnEveryCarrier
  void of_enterReturnsNull_saysWhatToReturn(Carrier carrier, VirtualTime time) {
    AsyncContextManager<String> manager =
        AsyncContextManager.of(() -> null, (_, _) -> Verdict.PROPAGATE.now());

    Throwable thrown = catchThrowable(() -> carrier.use(time, manager, value -> value));

    assertThat(thrown)
        .isExactlyInstanceOf(NullPointerException.class)
        .hasMessageStartingWith("enter returned null instead of a stage: ");
  }

  @Test
  void of_enterIsAUse_isAskedToEndWhenTheCallerCancels(Journal journal) {
    var inner = new ByHand(journal);
    inner.arrive();
    inner.exit.complete(Verdict.PROPAGATE);
    AsyncContextManager<String> manager =
        AsyncContextManager.of(
            () ->
                inner.<String>useAsync(
                    (_, cancellation) -> cancellation.cancelling(new CompletableFuture<>())),
            (_, _) -> Verdict.PROPAGATE.now());
    CompletableFuture<String> result = manager.useAsync(CompletableFuture::completedFuture);

    result.cancel(true);

    assertThat(result).isCancelled();
    assertThat(journal.events()).containsExactly("enter", "exit cancelled CancellationException");
  }

  @Test
  void factories_null_areRefused() {
    assertThatNullPointerException()
        .isThrownBy(() -> AsyncContextManager.of(null, (_, _) -> Verdict.PROPAGATE.now()))
        .withMessage("enter");
    assertThatNullPointerException()
        .isThrownBy(() -> AsyncContextManager.of(() -> done("value"), null))
        .withMessage("exit");
    assertThatNullPointerException()
        .isThrownBy(() -> AsyncContextManager.closing(null, _ -> done("closed")))
        .withMessage("open");
    assertThatNullPointerException()
        .isThrownBy(() -> AsyncContextManager.closing(() -> done("value"), null))
        .withMessage("close");
    assertThatNullPointerException()
        .isThrownBy(() -> AsyncContextManager.generator(null))
        .withMessage("generator");
  }

  private static AsyncContextManager<String> ofFunctions(
      Carrier carrier, Journal journal, Verdict verdict) {
    return AsyncContextManager.of(
        () -> note(carrier, journal, "open value", "value"),
        (value, how) ->
            note(carrier, journal, "exit " + value + " " + Probe.describe(how), verdict));
  }

  /** {@return the stage of a step that tells an event} */
  static <T> CompletionStage<T> note(Carrier carrier, Journal journal, String event, T result) {
    return carrier.step(() -> {
      journal.add(event);
      return result;
    });
  }

  private static CompletableFuture<String> done(String value) {
    return CompletableFuture.completedFuture(value);
  }
}
