package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Several managers as one that is entered and exited in parallel: what goes well. */
@ExtendWith(LeakCheck.class)
class AllTest {

  @OnEveryCarrier
  void all_entered_handsOutTheValuesInTheManagersOrder(
      Carrier carrier, VirtualTime time, Journal journal) throws Exception {
    List<String> values =
        carrier.use(time, all(probes(carrier, journal, "a", "b", "c")), list -> list);

    assertThat(values).containsExactly("a", "b", "c");
  }

  @Test
  void all_arrivingInAnotherOrder_keepsTheManagersOrder(VirtualTime time) throws Exception {
    AsyncContextManager<List<String>> all = all(List.of(after(30, "a"), after(10, "b")));

    List<String> values = all.<List<String>, Exception>use(list -> list);

    assertThat(values).containsExactly("a", "b");
  }

  @ParameterizedTest
  @EnumSource(names = {"VIRTUAL_THREAD", "PLATFORM_THREAD", "STAGE_LATER"})
  void all_entered_entersInParallel(Carrier carrier, VirtualTime time, Journal journal)
      throws Exception {
    var names = IntStream.range(0, 8).mapToObj(i -> "m" + i).toArray(String[]::new);

    Duration entered = carrier.use(time, all(probes(carrier, journal, names)), _ -> time.elapsed());

    assertThat(entered.minus(bodyStep(carrier))).isEqualTo(Duration.ofMillis(10));
  }

  @ParameterizedTest
  @EnumSource(names = {"VIRTUAL_THREAD", "PLATFORM_THREAD", "STAGE_LATER"})
  void all_exited_exitsInParallel(Carrier carrier, VirtualTime time, Journal journal)
      throws Exception {
    var names = IntStream.range(0, 8).mapToObj(i -> "m" + i).toArray(String[]::new);

    Duration bodyEnd = carrier.use(time, all(probes(carrier, journal, names)), _ -> time.elapsed());

    assertThat(time.elapsed().minus(bodyEnd)).isEqualTo(Duration.ofMillis(10));
  }

  @OnEveryCarrier
  void all_bodyFails_tellsEachExitTheSame(Carrier carrier, VirtualTime time, Journal journal) {
    var error = new IOException("body");

    Throwable thrown =
        catchThrowable(() ->
            carrier.use(
                time, all(probes(carrier, journal, "a", "b", "c")), _ -> Probe.raise(error)));

    assertThat(thrown).isSameAs(error).hasNoSuppressedExceptions();
    assertThat(exits(journal))
        .containsExactly("exit a failed body", "exit b failed body", "exit c failed body");
  }

  @Test
  void all_ofBoundedWidth_entersThatManyAtATime(VirtualTime time, Journal journal)
      throws Exception {
    var members = probes(Carrier.VIRTUAL_THREAD, journal, "a", "b", "c");

    Duration entered =
        AsyncContextManager.all(2, members).<Duration, Exception>use(_ -> time.elapsed());

    assertThat(entered).isEqualTo(Duration.ofMillis(20));
    assertThat(journal.events())
        .startsWith("enter a", "enter b", "entered a", "enter c", "entered b", "entered c");
  }

  @Test
  void all_ofBoundedWidth_exitsThatManyAtATime(VirtualTime time, Journal journal) throws Exception {
    var members = probes(Carrier.VIRTUAL_THREAD, journal, "a", "b", "c");

    AsyncContextManager.all(2, members).<String, Exception>use(_ -> "result");

    assertThat(journal.events())
        .endsWith(
            "exit a succeeded",
            "exit b succeeded",
            "exited a",
            "exit c succeeded",
            "exited b",
            "exited c");
    assertThat(time.elapsed()).isEqualTo(Duration.ofMillis(40));
  }

  @OnEveryCarrier
  void all_ofWidthOne_goesOneByOne(Carrier carrier, VirtualTime time, Journal journal)
      throws Exception {
    carrier.use(
        time,
        AsyncContextManager.<String>all(1, probes(carrier, journal, "a", "b")),
        values -> values);

    assertThat(journal.events())
        .containsExactly(
            "enter a",
            "entered a",
            "enter b",
            "entered b",
            "exit a succeeded",
            "exited a",
            "exit b succeeded",
            "exited b");
  }

  @OnEveryCarrier
  void all_ofNothing_runsTheBodyWithNoValues(Carrier carrier, VirtualTime time) throws Exception {
    AsyncContextManager<List<String>> all = AsyncContextManager.all(List.of());

    String result = carrier.use(time, all, values -> "got " + values);

    assertThat(result).isEqualTo("got []");
  }

  @OnEveryCarrier
  void all_oneExitFails_letsTheOthersExit(Carrier carrier, VirtualTime time, Journal journal) {
    var error = new IOException("exit b");
    var all =
        all(
            List.of(
                new Probe(journal, carrier, "a"),
                new Probe(journal, carrier, "b").failingToExit(error),
                new Probe(journal, carrier, "c")));

    Throwable thrown = catchThrowable(() -> carrier.use(time, all, values -> values));

    assertThat(thrown).isSameAs(error).hasNoSuppressedExceptions();
    assertThat(journal.events()).contains("exited a", "exited c").doesNotContain("exited b");
  }

  @OnEveryCarrier
  void all_someExitsFail_keepsAllTheirErrors(Carrier carrier, VirtualTime time, Journal journal) {
    var bodyError = new IOException("body");
    var first = new IOException("exit a");
    var third = new IOException("exit c");
    var all =
        all(
            List.of(
                new Probe(journal, carrier, "a").failingToExit(first),
                new Probe(journal, carrier, "b"),
                new Probe(journal, carrier, "c").failingToExit(third)));

    Throwable thrown = catchThrowable(() -> carrier.use(time, all, _ -> Probe.raise(bodyError)));

    assertThat(thrown).isSameAs(bodyError);
    assertThat(thrown.getSuppressed()).containsExactly(third, first);
  }

  @OnEveryCarrier
  void all_oneExitSuppresses_leavesNoValueAndTellsNoOther(
      Carrier carrier, VirtualTime time, Journal journal) throws Exception {
    var all =
        all(
            List.of(
                new Probe(journal, carrier, "a"),
                new Probe(journal, carrier, "b").answering(Verdict.SUPPRESS)));

    String result = carrier.use(time, all, _ -> Probe.raise(new IOException("body")));

    assertThat(result).isNull();
    assertThat(exits(journal)).containsExactly("exit a failed body", "exit b failed body");
  }

  @OnEveryCarrier
  void all_oneExitSuppressesAndAnotherFails_keepsThatError(
      Carrier carrier, VirtualTime time, Journal journal) {
    var exitError = new IOException("exit");
    var all =
        all(
            List.of(
                new Probe(journal, carrier, "a").answering(Verdict.SUPPRESS),
                new Probe(journal, carrier, "b").failingToExit(exitError)));

    Throwable thrown = catchThrowable(() -> carrier.use(time, all, values -> values));

    assertThat(thrown).isSameAs(exitError);
  }

  @OnEveryCarrier
  void all_oneTellsItsCaseAndAnotherFails_keepsThatError(
      Carrier carrier, VirtualTime time, Journal journal) {
    var exitError = new IOException("exit");
    var all =
        all(
            List.of(
                new Probe(journal, carrier, "a").exitTimeout(Duration.ofDays(1)),
                new Probe(journal, carrier, "b").failingToExit(exitError)));

    Throwable thrown = catchThrowable(() -> carrier.use(time, all, values -> values));

    assertThat(thrown).isSameAs(exitError);
  }

  @OnEveryCarrier
  void all_usedAgain_startsAfresh(Carrier carrier, VirtualTime time, Journal journal)
      throws Exception {
    AsyncContextManager<List<String>> all = all(probes(carrier, journal, "a", "b"));

    carrier.use(time, all, values -> values);
    List<String> once = journal.events();
    carrier.use(time, all, values -> values);

    assertThat(journal.events().subList(once.size(), 2 * once.size())).isEqualTo(once);
  }

  @OnEveryCarrier
  void all_onAStack_isOneOfItsContexts(Carrier carrier, VirtualTime time, Journal journal)
      throws Exception {
    var below = new Probe(journal, carrier, "below");
    AsyncContextManager<List<String>> all = all(probes(carrier, journal, "a", "b"));

    List<String> values =
        carrier.use(
            time,
            AsyncExitStack.manager(),
            stack -> {
              if (carrier.isDirect()) {
                stack.enter(below);
                return stack.enter(all);
              }
              time.await(stack.enterAsync(below));
              return time.await(stack.enterAsync(all));
            });

    assertThat(values).containsExactly("a", "b");
    assertThat(exits(journal))
        .containsExactly("exit a succeeded", "exit b succeeded", "exit below succeeded");
  }

  @Test
  void all_listChangedLater_isNotSeen(Journal journal) throws Exception {
    List<Probe> members = new ArrayList<>(probes(Carrier.SAME_THREAD, journal, "a"));
    AsyncContextManager<List<String>> all = all(members);
    members.clear();

    List<String> values = all.<List<String>, Exception>use(list -> list);

    assertThat(values).containsExactly("a").isUnmodifiable();
  }

  @Test
  void all_misused_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AsyncContextManager.all(0, List.of()))
        .withMessage("width must be at least 1, but is 0");
    assertThatNullPointerException().isThrownBy(() -> AsyncContextManager.all(null));
    assertThatNullPointerException()
        .isThrownBy(
            () -> AsyncContextManager.all(Arrays.asList((AsyncContextManager<String>) null)));
  }

  private static AsyncContextManager<List<String>> all(
      List<? extends AsyncContextManager<String>> members) {
    return AsyncContextManager.all(members);
  }

  private static List<Probe> probes(Carrier carrier, Journal journal, String... names) {
    return Arrays.stream(names).map(name -> new Probe(journal, carrier, name)).toList();
  }

  private static AsyncContextManager<String> after(int millis, String value) {
    return AsyncContextManager.closing(
        () -> Async.sleepAsync(Duration.ofMillis(millis)).thenApply(_ -> value),
        _ -> Async.sleepAsync(Duration.ZERO));
  }

  /** How long a carrier holds the body back. */
  private static Duration bodyStep(Carrier carrier) {
    return carrier.isDirect() ? Duration.ZERO : Carrier.STEP;
  }

  private static List<String> exits(Journal journal) {
    return journal.events().stream().filter(event -> event.startsWith("exit ")).toList();
  }
}
