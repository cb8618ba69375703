package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Managers made of values and functions. */
@ExtendWith(LeakCheck.class)
class ComposeFactoriesTest {

  @OnEveryCarrier
  void of_aValue_handsOutThatObject(Carrier carrier, VirtualTime time) throws Exception {
    var value = new Object();

    Object seen = carrier.use(time, AsyncContextManager.of(value), held -> held);

    assertThat(seen).isSameAs(value);
  }

  @OnEveryCarrier
  void of_null_handsOutNull(Carrier carrier, VirtualTime time) throws Exception {
    AsyncContextManager<String> manager = AsyncContextManager.of(null);

    String seen = carrier.use(time, manager, value -> "got " + value);

    assertThat(seen).isEqualTo("got null");
  }

  @OnEveryCarrier
  void of_aValue_propagatesTheBodysError(Carrier carrier, VirtualTime time) {
    var error = new IOException("body");

    Throwable thrown =
        catchThrowable(
            () -> carrier.use(time, AsyncContextManager.of("value"), _ -> Probe.raise(error)));

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
  void closing_bodyReturns_closesAfterIt(Carrier carrier, VirtualTime time, Journal journal)
      throws Exception {
    String result =
        carrier.use(
            time,
            closing(carrier, journal),
            value -> {
              journal.add("body " + value);
              return "result";
            });

    assertThat(result).isEqualTo("result");
    assertThat(journal.events()).containsExactly("open value", "body value", "close value");
  }

  @OnEveryCarrier
  void closing_bodyFails_closesAndPropagates(Carrier carrier, VirtualTime time, Journal journal) {
    var error = new IOException("body");

    Throwable thrown =
        catchThrowable(() -> carrier.use(time, closing(carrier, journal), _ -> Probe.raise(error)));

    assertThat(thrown).isSameAs(error).hasNoSuppressedExceptions();
    assertThat(journal.events()).containsExactly("open value", "close value");
  }

  @OnEveryCarrier
  void closing_openFails_closesNothing(Carrier carrier, VirtualTime time, Journal journal) {
    var error = new IOException("open");
    AsyncContextManager<String> manager =
        AsyncContextManager.closing(
            () -> carrier.step(() -> Probe.raise(error)),
            value -> note(carrier, journal, "close " + value, null));

    Throwable thrown = catchThrowable(() -> carrier.use(time, manager, value -> value));

    assertThat(thrown).isSameAs(error).hasNoSuppressedExceptions();
    assertThat(journal.events()).isEmpty();
  }

  @OnEveryCarrier
  void closing_closeFails_isTheResult(Carrier carrier, VirtualTime time, Journal journal) {
    var error = new IOException("close");
    AsyncContextManager<String> manager =
        AsyncContextManager.closing(
            () -> note(carrier, journal, "open", "value"),
            _ -> carrier.step(() -> Probe.raise(error)));

    Throwable thrown = catchThrowable(() -> carrier.use(time, manager, value -> value));

    assertThat(thrown).isSameAs(error).hasNoSuppressedExceptions();
  }

  @OnEveryCarrier
  void closing_closeThrows_isAddedToTheBodysError(
      Carrier carrier, VirtualTime time, Journal journal) {
    var bodyError = new IOException("body");
    var closeError = new IllegalStateException("close");
    AsyncContextManager<String> manager =
        AsyncContextManager.closing(
            () -> note(carrier, journal, "open", "value"),
            _ -> {
              throw closeError;
            });

    Throwable thrown =
        catchThrowable(() -> carrier.use(time, manager, _ -> Probe.raise(bodyError)));

    assertThat(thrown).isSameAs(bodyError);
    assertThat(thrown.getSuppressed()).containsExactly(closeError);
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

  @OnEveryCarrier
  void closing_closeReturnsNull_saysWhatToReturn(
      Carrier carrier, VirtualTime time, Journal journal) {
    AsyncContextManager<String> manager =
        AsyncContextManager.closing(() -> note(carrier, journal, "open", "value"), _ -> null);

    Throwable thrown = catchThrowable(() -> carrier.use(time, manager, value -> value));

    assertThat(thrown)
        .isExactlyInstanceOf(NullPointerException.class)
        .hasMessageStartingWith("a release returned null instead of a stage: ");
  }

  @OnEveryCarrier
  void closing_ofNull_runsTheBodyAndClosesNothing(
      Carrier carrier, VirtualTime time, Journal journal) throws Exception {
    String result = carrier.use(time, closingNull(carrier, journal), value -> "got " + value);

    assertThat(result).isEqualTo("got null");
    assertThat(journal.events()).containsExactly("open");
  }

  @OnEveryCarrier
  void closing_ofNullInsideOthers_closesNothing(Carrier carrier, VirtualTime time, Journal journal)
      throws Exception {
    AsyncContextManager<String> nothing = closingNull(carrier, journal);
    AsyncContextManager<List<String>> group = AsyncContextManager.all(List.of(nothing, nothing));

    List<String> values = carrier.use(time, group, held -> held);
    String flat =
        carrier.use(
            time,
            nothing.suppressing(IOException.class).flatMap(_ -> nothing).map(value -> value),
            value -> "got " + value);
    String bounded =
        carrier.use(
            time,
            nothing.enterTimeout(Carrier.STEP.multipliedBy(9)).exitTimeout(Carrier.STEP),
            value -> "got " + value);
    String behind = carrier.use(time, nothing.blocking().async(), value -> "got " + value);

    assertThat(values).containsExactly(null, null);
    assertThat(List.of(flat, bounded, behind)).containsOnly("got null");
    assertThat(journal.events()).containsOnly("open").hasSize(6);
  }

  @OnEveryCarrier
  void closing_ofNullOnAStack_closesNothing(Carrier carrier, VirtualTime time, Journal journal)
      throws Exception {
    AsyncContextManager<String> nothing = closingNull(carrier, journal);

    String value =
        carrier.use(
            time,
            AsyncExitStack.manager(),
            stack ->
                carrier.isDirect() ? stack.enter(nothing) : time.await(stack.enterAsync(nothing)));

    assertThat(value).isNull();
    assertThat(journal.events()).containsExactly("open");
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

  private static AsyncContextManager<String> closing(Carrier carrier, Journal journal) {
    return AsyncContextManager.closing(
        () -> note(carrier, journal, "open value", "value"),
        value -> note(carrier, journal, "close " + value, null));
  }

  private static <T> CompletionStage<T> note(
      Carrier carrier, Journal journal, String event, T result) {
    return carrier.step(() -> {
      journal.add(event);
      return result;
    });
  }

  private static CompletableFuture<String> done(String value) {
    return CompletableFuture.completedFuture(value);
  }

  private static AsyncContextManager<String> closingNull(Carrier carrier, Journal journal) {
    return AsyncContextManager.closing(
        () -> note(carrier, journal, "open", null), _ -> note(carrier, journal, "close", null));
  }
}
