package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Managers made from others by {@code map} and {@code flatMap}. */
@ExtendWith(LeakCheck.class)
class ComposeTest {

  @OnEveryCarrier
  void map_bodyReturns_seesWhatTheFunctionMakes(Carrier carrier, VirtualTime time, Journal journal)
      throws Exception {
    var a = new Probe(journal, carrier, "a");

    String result = carrier.use(time, a.map(value -> value + "!"), noting(journal));

    assertThat(result).isEqualTo("a!");
    assertThat(journal.events())
        .containsExactly("enter a", "entered a", "body a!", "exit a succeeded", "exited a");
  }

  @OnEveryCarrier
  void map_severalTimes_appliesTheFunctionsInOrder(
      Carrier carrier, VirtualTime time, Journal journal) throws Exception {
    var a = new Probe(journal, carrier, "a");

    String result =
        carrier.use(time, a.map(value -> value + "1").map(value -> value + "2"), value -> value);

    assertThat(result).isEqualTo("a12");
    assertThat(journal.events())
        .containsExactly("enter a", "entered a", "exit a succeeded", "exited a");
  }

  @OnEveryCarrier
  void map_functionThrows_isAFailureOfTheBody(Carrier carrier, VirtualTime time, Journal journal) {
    var error = new IllegalStateException("function");
    var a = new Probe(journal, carrier, "a");
    AsyncContextManager<String> mapped =
        a.map(_ -> {
          throw error;
        });

    Throwable thrown = catchThrowable(() -> carrier.use(time, mapped, noting(journal)));

    assertThat(thrown).isSameAs(error).hasNoSuppressedExceptions();
    assertThat(journal.events())
        .containsExactly("enter a", "entered a", "exit a failed function", "exited a");
  }

  @OnEveryCarrier
  void map_functionReturnsNull_isTheValue(Carrier carrier, VirtualTime time, Journal journal)
      throws Exception {
    var a = new Probe(journal, carrier, "a");

    String result = carrier.use(time, a.map(_ -> null), value -> "got " + value);

    assertThat(result).isEqualTo("got null");
  }

  @OnEveryCarrier
  void map_ofAManagerThatFailsToEnter_appliesNothing(
      Carrier carrier, VirtualTime time, Journal journal) {
    var error = new IOException("enter");
    var a = new Probe(journal, carrier, "a").failingToEnter(error);

    Throwable thrown =
        catchThrowable(() -> carrier.use(time, a.map(noting("map", journal)), noting(journal)));

    assertThat(thrown).isSameAs(error).hasNoSuppressedExceptions();
    assertThat(journal.events()).containsExactly("enter a");
  }

  @OnEveryCarrier
  void flatMap_bodyReturns_entersInOrderAndExitsTheOtherWayRound(
      Carrier carrier, VirtualTime time, Journal journal) throws Exception {
    String result = carrier.use(time, nested(carrier, journal), noting(journal));

    assertThat(result).isEqualTo("b");
    assertThat(journal.events())
        .containsExactly(
            "enter a",
            "entered a",
            "inner of a",
            "enter b",
            "entered b",
            "body b",
            "exit b succeeded",
            "exited b",
            "exit a succeeded",
            "exited a");
  }

  @OnEveryCarrier
  void flatMap_bodyFails_tellsBothExits(Carrier carrier, VirtualTime time, Journal journal) {
    var error = new IOException("body");

    Throwable thrown =
        catchThrowable(() -> carrier.use(time, nested(carrier, journal), _ -> Probe.raise(error)));

    assertThat(thrown).isSameAs(error).hasNoSuppressedExceptions();
    assertThat(journal.events())
        .endsWith("entered b", "exit b failed body", "exited b", "exit a failed body", "exited a");
  }

  @OnEveryCarrier
  void flatMap_innerFailsToEnter_exitsTheOuterToldSo(
      Carrier carrier, VirtualTime time, Journal journal) {
    var error = new IOException("enter b");
    var a = new Probe(journal, carrier, "a");
    var b = new Probe(journal, carrier, "b").failingToEnter(error);

    Throwable thrown = catchThrowable(() -> carrier.use(time, a.flatMap(_ -> b), noting(journal)));

    assertThat(thrown).isSameAs(error).hasNoSuppressedExceptions();
    assertThat(journal.events())
        .containsExactly("enter a", "entered a", "enter b", "exit a failed enter b", "exited a");
  }

  @OnEveryCarrier
  void flatMap_outerFailsToEnter_makesNoInner(Carrier carrier, VirtualTime time, Journal journal) {
    var error = new IOException("enter a");
    var a = new Probe(journal, carrier, "a").failingToEnter(error);
    AsyncContextManager<String> nested =
        a.flatMap(value -> {
          journal.add("inner of " + value);
          return new Probe(journal, carrier, "b");
        });

    Throwable thrown = catchThrowable(() -> carrier.use(time, nested, noting(journal)));

    assertThat(thrown).isSameAs(error).hasNoSuppressedExceptions();
    assertThat(journal.events()).containsExactly("enter a");
  }

  @OnEveryCarrier
  void flatMap_functionThrows_isAFailureOfTheBody(
      Carrier carrier, VirtualTime time, Journal journal) {
    var error = new IllegalStateException("function");
    AsyncContextManager<String> nested =
        new Probe(journal, carrier, "a")
            .flatMap(_ -> {
              throw error;
            });

    Throwable thrown = catchThrowable(() -> carrier.use(time, nested, noting(journal)));

    assertThat(thrown).isSameAs(error).hasNoSuppressedExceptions();
    assertThat(journal.events())
        .containsExactly("enter a", "entered a", "exit a failed function", "exited a");
  }

  @OnEveryCarrier
  void flatMap_functionReturnsNull_saysWhatToReturn(
      Carrier carrier, VirtualTime time, Journal journal) {
    AsyncContextManager<String> nested = new Probe(journal, carrier, "a").flatMap(_ -> null);

    Throwable thrown = catchThrowable(() -> carrier.use(time, nested, noting(journal)));

    assertThat(thrown)
        .isExactlyInstanceOf(NullPointerException.class)
        .hasMessage("the function given to flatMap returned null: return a manager");
    assertThat(journal.events())
        .containsExactly(
            "enter a", "entered a", "exit a failed " + thrown.getMessage(), "exited a");
  }

  @OnEveryCarrier
  void flatMap_innerSuppresses_letsTheOuterSeeASuccess(
      Carrier carrier, VirtualTime time, Journal journal) throws Exception {
    var a = new Probe(journal, carrier, "a");
    var b = new Probe(journal, carrier, "b").answering(Verdict.SUPPRESS);

    String result = carrier.use(time, a.flatMap(_ -> b), _ -> Probe.raise(new IOException("body")));

    assertThat(result).isNull();
    assertThat(journal.events())
        .endsWith("exit b failed body", "exited b", "exit a succeeded", "exited a");
  }

  @OnEveryCarrier
  void flatMap_bothExitsFail_addsTheirErrorsInOrder(
      Carrier carrier, VirtualTime time, Journal journal) {
    var bodyError = new IOException("body");
    var innerError = new IOException("inner");
    var outerError = new IOException("outer");
    var a = new Probe(journal, carrier, "a").failingToExit(outerError);
    var b = new Probe(journal, carrier, "b").failingToExit(innerError);

    Throwable thrown =
        catchThrowable(() -> carrier.use(time, a.flatMap(_ -> b), _ -> Probe.raise(bodyError)));

    assertThat(thrown).isSameAs(bodyError);
    assertThat(thrown.getSuppressed()).containsExactly(innerError, outerError);
  }

  @OnEveryCarrier
  void flatMap_groupedOtherwise_doesTheSame(Carrier carrier, VirtualTime time) throws Exception {
    var left = new Journal();
    var right = new Journal();

    carrier.use(
        time,
        new Probe(left, carrier, "a")
            .flatMap(_ -> new Probe(left, carrier, "b"))
            .flatMap(_ -> new Probe(left, carrier, "c")),
        noting(left));
    carrier.use(
        time,
        new Probe(right, carrier, "a")
            .flatMap(
                _ -> new Probe(right, carrier, "b").flatMap(_ -> new Probe(right, carrier, "c"))),
        noting(right));

    assertThat(right.events()).isEqualTo(left.events());
    assertThat(exits(left))
        .containsExactly("exit c succeeded", "exit b succeeded", "exit a succeeded");
  }

  @OnEveryCarrier
  void chain_ofMapAndFlatMap_isAppliedStepByStep(Carrier carrier, VirtualTime time, Journal journal)
      throws Exception {
    AsyncContextManager<String> chain =
        new Probe(journal, carrier, "a")
            .map(value -> value + "1")
            .flatMap(value -> new Probe(journal, carrier, value + "b").map(inner -> inner + "2"))
            .map(value -> value + "3");

    String result = carrier.use(time, chain, value -> value);

    assertThat(result).isEqualTo("a1b23");
    assertThat(exits(journal)).containsExactly("exit a1b succeeded", "exit a succeeded");
  }

  @OnEveryCarrier
  void chain_usedAgain_startsAfresh(Carrier carrier, VirtualTime time, Journal journal)
      throws Exception {
    AsyncContextManager<String> chain = nested(carrier, journal);

    carrier.use(time, chain, value -> value);
    List<String> once = journal.events();
    carrier.use(time, chain, value -> value);

    assertThat(journal.events().subList(once.size(), 2 * once.size())).isEqualTo(once);
  }

  @OnEveryCarrier
  void chain_sharedByTwoOthers_isChangedByNeither(
      Carrier carrier, VirtualTime time, Journal journal) throws Exception {
    AsyncContextManager<String> shared = new Probe(journal, carrier, "a").map(value -> value + "1");
    AsyncContextManager<String> other = shared.map(value -> value + "2");

    String result = carrier.use(time, shared.map(value -> value + "3"), value -> value);

    assertThat(result).isEqualTo("a13");
    assertThat(carrier.<String, String>use(time, other, value -> value)).isEqualTo("a12");
  }

  @Test
  void compose_null_isRefused(Journal journal) {
    var a = new Probe(journal, Carrier.SAME_THREAD, "a");

    assertThatNullPointerException().isThrownBy(() -> a.map(null)).withMessage("function");
    assertThatNullPointerException().isThrownBy(() -> a.flatMap(null)).withMessage("function");
  }

  private static AsyncContextManager<String> nested(Carrier carrier, Journal journal) {
    return new Probe(journal, carrier, "a")
        .flatMap(value -> {
          journal.add("inner of " + value);
          return new Probe(journal, carrier, "b");
        });
  }

  private static Body<String, String, Exception> noting(Journal journal) {
    return value -> {
      journal.add("body " + value);
      return value;
    };
  }

  private static java.util.function.Function<String, String> noting(String what, Journal journal) {
    return value -> {
      journal.add(what + " " + value);
      return value;
    };
  }

  private static List<String> exits(Journal journal) {
    return journal.events().stream().filter(event -> event.startsWith("exit ")).toList();
  }
}
