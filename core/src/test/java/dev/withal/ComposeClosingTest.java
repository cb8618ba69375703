package dev.withal;

import static dev.withal.ComposeFactoriesTest.note;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;

/** Managers made of a function that opens and one that closes. */
@ExtendWith(LeakCheck.class)
class ComposeClosingTest {

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

  @OnEveryCarrier
  void closing_ofNothingThatIsReleased_releasesIt(
      Carrier carrier, VirtualTime time, Journal journal) throws Exception {
    AsyncContextManager<String> lock =
        AsyncContextManager.closing(
            () -> note(carrier, journal, "lock", null),
            _ -> note(carrier, journal, "unlock", null));

    String result = carrier.use(time, lock, value -> "got " + value);

    assertThat(result).isEqualTo("got null");
    assertThat(journal.events()).containsExactly("lock", "unlock");
  }

  private static AsyncContextManager<String> closing(Carrier carrier, Journal journal) {
    return AsyncContextManager.closing(
        () -> note(carrier, journal, "open value", "value"),
        value -> note(carrier, journal, "close " + value, null));
  }

  private static AsyncContextManager<String> closingNull(Carrier carrier, Journal journal) {
    return AsyncContextManager.closing(
        () -> note(carrier, journal, "open", null),
        value -> note(carrier, journal, "close " + value.length(), null));
  }
}
