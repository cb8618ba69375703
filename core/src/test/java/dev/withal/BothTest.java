package dev.withal;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.AsyncContextManager.Both;
import dev.withal.testkit.Gate;
import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Two managers as one of a pair; and managers of what is there at once. */
@ExtendWith(LeakCheck.class)
class BothTest {
  private final Journal journal = new Journal();

  private AsyncContextManager<Integer> number(Carrier carrier) {
    return new Probe(journal, carrier, "b").map(String::length);
  }

  @OnEveryCarrier
  void both_bodyRuns_hasEachValueByItsType(Carrier carrier, VirtualTime time) throws Exception {
    AsyncContextManager<Both<String, Integer>> pair =
        AsyncContextManager.both(new Probe(journal, carrier, "a"), number(carrier));

    String text = carrier.use(time, pair, both -> both.first().repeat(both.second() + 1));

    assertThat(text).isEqualTo("aa");
    assertThat(journal.events())
        .containsExactlyInAnyOrder(
            "enter a",
            "enter b",
            "entered a",
            "entered b",
            "exit a succeeded",
            "exit b succeeded",
            "exited a",
            "exited b");
  }

  @Test
  void both_enterAndExitInParallel() {
    var gate = new Gate();
    CompletableFuture<String> use =
        AsyncContextManager.both(gate.manager("one"), gate.manager("two"))
            .useAsync(both -> completedFuture(both.first() + both.second()));

    assertThat(gate.waiting()).containsExactly("enter one", "enter two");
    gate.go("enter two");
    gate.go("enter one");
    assertThat(gate.waiting()).containsExactlyInAnyOrder("exit one", "exit two");
    assertThat(use).isNotDone();
    gate.open();

    assertThat(use).isCompletedWithValue("onetwo");
    assertThat(gate.held()).isZero();
  }

  @OnEveryCarrier
  void both_oneFailsToEnter_otherIsExited(Carrier carrier, VirtualTime time) {
    var error = new IOException("enter");
    var pair =
        AsyncContextManager.both(
            new Probe(journal, carrier, "a"),
            new Probe(journal, carrier, "b").failingToEnter(error));

    Throwable thrown = catchThrowable(() -> carrier.use(time, pair, Both::first));

    assertThat(thrown).isSameAs(error);
    assertThat(journal.events())
        .containsOnlyOnce("entered a", "exited a")
        .doesNotContain("entered b", "exited b");
  }

  @Test
  void both_ofNullValues_hasNulls() throws Exception {
    var nothing = AsyncContextManager.<String>ofValue(null);

    Both<String, String> used = AsyncContextManager.both(nothing, nothing).use(both -> both);

    assertThat(used).isEqualTo(new Both<>(null, null));
  }

  @Test
  void both_ofNull_isRefused() {
    var nothing = AsyncContextManager.ofValue("value");

    assertThatThrownBy(() -> AsyncContextManager.both(null, nothing))
        .isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> AsyncContextManager.both(nothing, null))
        .isInstanceOf(NullPointerException.class);
  }

  // ---- at once ---------------------------------------------------------------------------------

  @OnEveryCarrier
  void closingValue_bodyEnds_isClosed(Carrier carrier, VirtualTime time) throws Exception {
    AsyncContextManager<StringBuilder> manager =
        AsyncContextManager.closingValue(
            () -> new StringBuilder("opened"),
            text ->
                carrier.step(() -> {
                  journal.add("close " + text);
                  return text;
                }));

    carrier.use(time, manager, text -> text.append(" and used"));

    assertThat(journal.events()).containsExactly("close opened and used");
  }

  @OnEveryCarrier
  void closingValue_openThrows_neitherBodyNorCloseRuns(Carrier carrier, VirtualTime time) {
    var error = new IllegalStateException("open");
    AsyncContextManager<String> manager =
        AsyncContextManager.closingValue(
            () -> {
              throw error;
            },
            _ -> {
              journal.add("close");
              return completedFuture(null);
            });

    Throwable thrown =
        catchThrowable(() ->
            carrier.use(
                time,
                manager,
                value -> {
                  journal.add("body");
                  return value;
                }));

    assertThat(thrown).isSameAs(error);
    assertThat(journal.events()).isEmpty();
  }

  @OnEveryCarrier
  void closingValue_ofNull_runsTheBodyAndClosesNothing(Carrier carrier, VirtualTime time)
      throws Exception {
    AsyncContextManager<String> manager =
        AsyncContextManager.closingValue(() -> null, text -> completedFuture(text.length()));

    assertThat(carrier.<String, String>use(time, manager, value -> "got " + value))
        .isEqualTo("got null");
  }

  @Test
  void closingValue_nobodyNamed_saysWhereItWasMade() {
    int line = new Throwable().getStackTrace()[0].getLineNumber() + 1;
    var manager = AsyncContextManager.closingValue(() -> "secret", _ -> completedFuture(null));

    assertThat(manager).hasToString("closing at BothTest.java:" + line);
    assertThat(manager.named("mine")).hasToString("mine");
  }

  @Test
  void closingValue_ofNulls_isRefused() {
    assertThatThrownBy(() -> AsyncContextManager.closingValue(null, _ -> completedFuture(null)))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("open");
    assertThatThrownBy(() -> AsyncContextManager.closingValue(() -> "value", null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("close");
  }

  @OnEveryCarrier
  void ofValue_ofAFuture_isAManagerOfTheFuture(Carrier carrier, VirtualTime time) throws Exception {
    var future = new CompletableFuture<String>();

    AsyncContextManager<CompletableFuture<String>> manager = AsyncContextManager.ofValue(future);

    assertThat(
            carrier.<CompletableFuture<String>, Boolean>use(
                time, manager, value -> value == future))
        .isTrue();
  }

  // ---- cases -----------------------------------------------------------------------------------

  @Test
  void succeeded_ofEachCase_saysWhetherThereIsNoError() {
    assertThat(ExitCase.success().succeeded()).isTrue();
    assertThat(ExitCase.of(new IOException()).succeeded()).isFalse();
    assertThat(ExitCase.cancelled(new IOException()).succeeded()).isFalse();
  }

  @Test
  void succeeded_afterAnInnerExitSuppressed_isTrue() throws Exception {
    ContextManager.of(
            () -> "outer",
            (_, how) -> {
              journal.add("outer " + how.succeeded());
              return Verdict.PROPAGATE;
            })
        .run(_ ->
            ContextManager.of(
                    () -> "inner",
                    (_, how) -> {
                      journal.add("inner " + how.succeeded());
                      return Verdict.SUPPRESS;
                    })
                .run(_ -> {
                  throw new IOException("body");
                }));

    assertThat(journal.events()).containsExactly("inner false", "outer true");
  }

  @Test
  void timeLeft_untilADeadline_passesWithTime(VirtualTime time) {
    ExitCase how =
        ExitCase.success().by(java.time.Instant.EPOCH.plus(time.elapsed()).plusSeconds(3));

    assertThat(how.timeLeft()).isEqualTo(Duration.ofSeconds(3));
    time.advance(Duration.ofSeconds(2));
    assertThat(how.timeLeft()).isEqualTo(Duration.ofSeconds(1));
    time.advance(Duration.ofSeconds(2));
    assertThat(how.timeLeft()).isZero();
  }

  @Test
  void timeLeft_ofWhatNothingBounds_fitsIntoALong() {
    assertThat(ExitCase.success().timeLeft()).isGreaterThan(Duration.ofDays(365 * 200));
    assertThat(ExitCase.success().timeLeft().toNanos()).isPositive();
  }

  @Test
  void timeLeft_inABoundedExit_isTheBound(VirtualTime time) throws Exception {
    ContextManager.of(
            () -> "value",
            (_, how) -> {
              journal.add("left " + how.timeLeft());
              return Verdict.PROPAGATE;
            })
        .async()
        .exitTimeout(Duration.ofSeconds(3))
        .run(_ -> {});

    assertThat(journal.events()).containsExactly("left PT3S");
  }
}
