package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A bound on how long an enter may take. */
@ExtendWith(LeakCheck.class)
class TimeoutsEnterTest {
  private static final Duration LIMIT = Duration.ofMillis(20);
  private static final Duration GRACE = Duration.ofSeconds(1);

  @OnEveryCarrier
  void enterTimeout_arrivesInTime_changesNothing(Carrier carrier, VirtualTime time, Journal journal)
      throws Exception {
    String result =
        carrier.use(time, new Probe(journal, carrier, "a").enterTimeout(LIMIT), value -> value);

    assertThat(result).isEqualTo("a");
    assertThat(journal.events())
        .containsExactly("enter a", "entered a", "exit a succeeded", "exited a");
  }

  @OnEveryCarrier
  void enterTimeout_failsInTime_isThatFailure(Carrier carrier, VirtualTime time, Journal journal) {
    var error = new IOException("enter");
    var manager = new Probe(journal, carrier, "a").failingToEnter(error).enterTimeout(LIMIT);

    Throwable thrown = catchThrowable(() -> carrier.use(time, manager, value -> value));

    assertThat(thrown).isSameAs(error).hasNoSuppressedExceptions();
  }

  @OnEveryCarrier
  void enterTimeout_neverArrives_failsAtTheBoundWithoutABody(
      Carrier carrier, VirtualTime time, Journal journal) {
    var never = new ByHand(journal);

    Throwable thrown =
        catchThrowable(() ->
            carrier.use(
                time,
                never.enterTimeout(LIMIT),
                value -> {
                  journal.add("body");
                  return value;
                }));

    assertThat(thrown)
        .isExactlyInstanceOf(TimeoutException.class)
        .hasMessage("by hand did not enter within PT0.02S")
        .hasNoSuppressedExceptions();
    assertThat(journal.events()).containsExactly("enter");
    assertThat(time.elapsed()).isEqualTo(LIMIT);
    assertThat(never.enter).isNotDone();
  }

  @Test
  void enterTimeout_arrivesInTheGracePeriod_exitsBeforeTheResult(
      VirtualTime time, Journal journal) {
    var late = new ByHand(journal);
    CompletableFuture<String> result =
        late.enterTimeout(LIMIT).grace(GRACE).useAsync(CompletableFuture::completedFuture);
    time.advance(LIMIT);

    late.arrive();

    assertThat(journal.events()).containsExactly("enter", "exit cancelled TimeoutException");
    assertThat(result).isNotDone();
    late.exit.complete(Verdict.PROPAGATE);
    assertThat(result.exceptionNow()).isExactlyInstanceOf(TimeoutException.class);
  }

  @Test
  void enterTimeout_arrivesInTheGracePeriodInDirectStyle_exitsBeforeTheResult(
      VirtualTime time, Journal journal) {
    AsyncContextManager<String> late =
        AsyncContextManager.of(
            () -> Async.sleepAsync(LIMIT.multipliedBy(2)).thenApply(_ -> "value"),
            (_, how) -> {
              journal.add("exit " + Probe.describe(how));
              return Async.sleepAsync(LIMIT)
                  .thenApply(_ -> {
                    journal.add("exited");
                    return Verdict.PROPAGATE;
                  });
            });

    Throwable thrown =
        catchThrowable(
            () -> late.enterTimeout(LIMIT).grace(GRACE).<String, Exception>use(value -> value));
    journal.add("seen");

    assertThat(thrown).isExactlyInstanceOf(TimeoutException.class).hasNoSuppressedExceptions();
    assertThat(journal.events())
        .containsExactly("exit cancelled TimeoutException", "exited", "seen");
    assertThat(time.elapsed()).isEqualTo(LIMIT.multipliedBy(3));
  }

  @OnEveryCarrier
  void enterTimeout_arrivesAfterTheBound_isExitedAllTheSame(
      Carrier carrier, VirtualTime time, Journal journal) {
    var late = new ByHand(journal);
    Throwable thrown =
        catchThrowable(() -> carrier.use(time, late.enterTimeout(LIMIT), value -> value));

    late.arrive();

    assertThat(thrown).isExactlyInstanceOf(TimeoutException.class);
    assertThat(journal.events()).containsExactly("enter", "exit cancelled TimeoutException");
    late.exit.complete(Verdict.PROPAGATE);
  }

  @Test
  void enterTimeout_failsInTheGracePeriod_carriesThatFailure(VirtualTime time, Journal journal) {
    var error = new IOException("refused");
    var late = new ByHand(journal);
    CompletableFuture<String> result =
        late.enterTimeout(LIMIT).grace(GRACE).useAsync(CompletableFuture::completedFuture);
    time.advance(LIMIT);

    late.enter.completeExceptionally(error);

    assertThat(result.exceptionNow()).isExactlyInstanceOf(TimeoutException.class);
    assertThat(result.exceptionNow().getSuppressed()).containsExactly(error);
  }

  @Test
  void enterTimeout_exitOfALateArrivalFails_carriesThatFailure(VirtualTime time, Journal journal) {
    var error = new IOException("exit");
    var late = new ByHand(journal);
    late.exit.completeExceptionally(error);
    CompletableFuture<String> result =
        late.enterTimeout(LIMIT).grace(GRACE).useAsync(CompletableFuture::completedFuture);
    time.advance(LIMIT);

    late.arrive();

    assertThat(result.exceptionNow()).isExactlyInstanceOf(TimeoutException.class);
    assertThat(result.exceptionNow().getSuppressed()).containsExactly(error);
  }

  @OnEveryCarrier
  void enterTimeout_ofAGenerator_interruptsItsEnter(
      Carrier carrier, VirtualTime time, Journal journal) {
    AsyncContextManager<String> slow =
        AsyncContextManager.generator(yield -> {
          journal.add("acquired");
          try {
            Async.sleep(GRACE);
            yield.value("value");
          } finally {
            journal.add("released");
          }
        });

    Throwable thrown =
        catchThrowable(() -> carrier.use(time, slow.enterTimeout(LIMIT), value -> value));

    assertThat(thrown)
        .isExactlyInstanceOf(TimeoutException.class)
        .hasMessageMatching(
            "generator at TimeoutsEnterTest\\.java:\\d+ did not enter within PT0\\.02S");
    assertThat(journal.events()).containsExactly("acquired", "released");
    assertThat(time.elapsed()).isEqualTo(LIMIT);
  }

  @Test
  void enterTimeout_bodyTakesLonger_boundsTheEnterOnly(VirtualTime time, Journal journal)
      throws Exception {
    var manager = new Probe(journal, Carrier.VIRTUAL_THREAD, "a").enterTimeout(LIMIT);

    String result =
        manager.<String, Exception>use(value -> {
          Async.sleep(LIMIT.multipliedBy(10));
          return value;
        });

    assertThat(result).isEqualTo("a");
  }

  @Test
  void enterTimeout_ofZero_allowsWhatIsThereAtOnce(VirtualTime time, Journal journal)
      throws Exception {
    var ready = new Probe(journal, Carrier.SAME_THREAD, "a").enterTimeout(Duration.ZERO);
    var slow = new Probe(journal, Carrier.VIRTUAL_THREAD, "b").enterTimeout(Duration.ZERO);

    Throwable thrown = catchThrowable(() -> slow.<String, Exception>use(value -> value));

    time.advance(Carrier.STEP.multipliedBy(2));
    assertThat(ready.<String, Exception>use(value -> value)).isEqualTo("a");
    assertThat(thrown)
        .isExactlyInstanceOf(TimeoutException.class)
        .hasMessage("b did not enter within PT0S");
  }

  @Test
  void enterTimeout_setAgain_isTheLastOne(VirtualTime time, Journal journal) throws Exception {
    var manager =
        new Probe(journal, Carrier.VIRTUAL_THREAD, "a")
            .enterTimeout(Duration.ofMillis(1))
            .enterTimeout(LIMIT);

    assertThat(manager.<String, Exception>use(value -> value)).isEqualTo("a");
  }

  @Test
  void enterTimeout_inUseAsyncOnAStack_failsThatEnterOnly(VirtualTime time, Journal journal)
      throws Exception {
    var never = new ByHand(journal);

    String result =
        time.await(
            AsyncExitStack.manager()
                .useAsync(stack ->
                    stack
                        .enterAsync(never.enterTimeout(LIMIT))
                        .exceptionally(error -> Failures.inner(error).getMessage())));

    assertThat(result).isEqualTo("by hand did not enter within PT0.02S");
  }

  @Test
  void enterTimeout_onAStackInDirectStyle_failsOnce(VirtualTime time, Journal journal) {
    var never = new ByHand(journal);

    Throwable thrown =
        catchThrowable(() ->
            AsyncExitStack.manager()
                .<String, Exception>use(stack -> stack.enter(never.enterTimeout(LIMIT))));

    assertThat(thrown)
        .isExactlyInstanceOf(TimeoutException.class)
        .hasMessage("by hand did not enter within PT0.02S")
        .hasNoSuppressedExceptions();
    assertThat(time.elapsed()).isEqualTo(LIMIT);
  }

  @Test
  void enterTimeout_ofABlockingManager_failsOnce(VirtualTime time, Journal journal) {
    var never = new ByHand(journal);

    Throwable thrown =
        catchThrowable(
            () -> never.enterTimeout(LIMIT).blocking().<String, Exception>use(value -> value));

    assertThat(thrown)
        .isExactlyInstanceOf(TimeoutException.class)
        .hasMessage("by hand did not enter within PT0.02S")
        .hasNoSuppressedExceptions();
    assertThat(time.elapsed()).isEqualTo(LIMIT);
  }

  @Test
  void enterTimeout_null_isRefused(Journal journal) {
    assertThatNullPointerException()
        .isThrownBy(() -> new ByHand(journal).enterTimeout(null))
        .withMessage("limit");
  }
}
