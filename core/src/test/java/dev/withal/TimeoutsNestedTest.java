package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Timeouts around and inside other contexts, and around each other. */
@ExtendWith(LeakCheck.class)
class TimeoutsNestedTest {
  private static final Duration LIMIT = Duration.ofMillis(20);
  private static final Duration LONG = Duration.ofSeconds(10);

  private final Journal journal = new Journal();

  @OnEveryCarrier
  void timeout_aroundAContext_runsItsExitFirst(Carrier carrier, VirtualTime time) {
    AsyncContextManager<String> bounded =
        Async.timeout(LIMIT.plus(Carrier.STEP)).flatMap(_ -> new Probe(journal, carrier, "a"));

    Throwable thrown = catchThrowable(() -> waiting(carrier, time, bounded));
    journal.add("thrown " + thrown.getClass().getSimpleName());

    assertThat(journal.events())
        .containsExactly(
            "enter a",
            "entered a",
            "exit a cancelled " + asked(carrier),
            "exited a",
            "thrown TimeoutException");
  }

  @OnEveryCarrier
  void timeout_insideAContext_isAFailureOfItsBody(Carrier carrier, VirtualTime time) {
    AsyncContextManager<Timeout> bounded =
        new Probe(journal, carrier, "a").flatMap(_ -> Async.timeout(LIMIT));

    Throwable thrown = catchThrowable(() -> waiting(carrier, time, bounded));

    assertThat(thrown).isExactlyInstanceOf(TimeoutException.class).hasNoSuppressedExceptions();
    assertThat(journal.events())
        .containsExactly(
            "enter a", "entered a", "exit a failed timed out after PT0.02S", "exited a");
  }

  @OnEveryCarrier
  void timeout_exitsTakeTime_boundsTheBodyOnly(Carrier carrier, VirtualTime time) {
    AsyncContextManager<String> bounded =
        Async.timeout(LIMIT)
            .flatMap(_ ->
                AsyncContextManager.closing(
                    () -> CompletableFuture.completedFuture("value"), _ -> Async.sleepAsync(LONG)));

    Throwable thrown = catchThrowable(() -> waiting(carrier, time, bounded));

    assertThat(thrown).isExactlyInstanceOf(TimeoutException.class).hasNoSuppressedExceptions();
    assertThat(time.elapsed()).isEqualTo(LIMIT.plus(LONG));
  }

  @OnEveryCarrier
  void timeout_onAStack_boundsTheStacksBody(Carrier carrier, VirtualTime time) {
    Throwable thrown =
        catchThrowable(() ->
            onStack(
                carrier,
                time,
                List.of(
                    new Probe(journal, carrier, "below"),
                    Async.timeout(LIMIT.multipliedBy(2)),
                    new Probe(journal, carrier, "above"))));
    journal.add("thrown " + thrown.getMessage());

    assertThat(journal.events())
        .containsExactly(
            "enter below",
            "entered below",
            "enter above",
            "entered above",
            "exit above cancelled TimeoutException",
            "exited above",
            "exit below cancelled TimeoutException",
            "exited below",
            "thrown timed out after PT0.04S");
  }

  @OnEveryCarrier
  void timeout_ofTheSameDeadlineTwice_failsWithOneTimeout(Carrier carrier, VirtualTime time) {
    AsyncContextManager<Timeout> twice = Async.timeout(LIMIT).flatMap(_ -> Async.timeout(LIMIT));

    Throwable thrown = catchThrowable(() -> waiting(carrier, time, twice));

    assertThat(thrown)
        .isExactlyInstanceOf(TimeoutException.class)
        .hasMessage("timed out after PT0.02S")
        .hasNoSuppressedExceptions();
    assertThat(time.elapsed()).isEqualTo(LIMIT);
  }

  @Test
  void timeout_innerIsEarlierInDirectStyle_leavesTheRestToTheOuter(VirtualTime time) {
    Throwable thrown =
        catchThrowable(() ->
            Async.timeout(LIMIT.multipliedBy(2))
                .<String, Exception>use(_ -> {
                  Throwable inner =
                      catchThrowable(
                          () -> waiting(Carrier.SAME_THREAD, time, Async.timeout(LIMIT)));
                  journal.add("inner " + inner.getMessage());
                  Async.sleep(LONG);
                  return "result";
                }));
    journal.add("outer " + thrown.getMessage());

    assertThat(journal.events())
        .containsExactly("inner timed out after PT0.02S", "outer timed out after PT0.04S");
    assertThat(time.elapsed()).isEqualTo(LIMIT.multipliedBy(2));
  }

  @Test
  void timeout_innerIsEarlierInStageStyle_leavesTheRestToTheOuter(VirtualTime time) {
    CompletableFuture<String> result =
        Async.timeout(LIMIT.multipliedBy(2))
            .useAsync((_, cancellation) ->
                Async.timeout(LIMIT)
                    .<String>useAsync((_, inner) -> inner.cancelling(new CompletableFuture<>()))
                    .exceptionallyCompose(error -> {
                      journal.add("inner " + Failures.inner(error).getMessage());
                      return cancellation.cancelling(new CompletableFuture<>());
                    }));

    time.advance(LIMIT.multipliedBy(2));

    assertThat(journal.events()).containsExactly("inner timed out after PT0.02S");
    assertThat(result.exceptionNow()).hasMessage("timed out after PT0.04S");
  }

  @Test
  void timeout_aroundAGroupThatEnters_exitsWhatHasArrived(VirtualTime time) {
    var never = new ByHand(journal);
    AsyncContextManager<List<String>> bounded =
        Async.timeout(LIMIT)
            .flatMap(_ ->
                AsyncContextManager.all(
                    List.of(new Probe(journal, Carrier.STAGE_COMPLETE, "a"), never)));
    CompletableFuture<List<String>> result = bounded.useAsync(CompletableFuture::completedFuture);

    time.advance(LIMIT.plusSeconds(1));

    assertThat(result.exceptionNow()).isExactlyInstanceOf(TimeoutException.class);
    assertThat(journal.events())
        .containsExactly(
            "enter a", "entered a", "enter", "exit a cancelled TimeoutException", "exited a");
  }

  @OnEveryCarrier
  void timeout_exitAfterItFails_carriesThatFailure(Carrier carrier, VirtualTime time) {
    var error = new IOException("exit");
    AsyncContextManager<String> bounded =
        Async.timeout(LIMIT.plus(Carrier.STEP))
            .flatMap(_ -> new Probe(journal, carrier, "a").failingToExit(error));

    Throwable thrown = catchThrowable(() -> waiting(carrier, time, bounded));

    assertThat(thrown).isExactlyInstanceOf(TimeoutException.class);
    assertThat(reachable(thrown)).contains(error);
  }

  @OnEveryCarrier
  void timeout_suppressed_leavesNoValue(Carrier carrier, VirtualTime time) throws Exception {
    AsyncContextManager<Timeout> lenient = Async.timeout(LIMIT).suppressing(TimeoutException.class);

    String result = waiting(carrier, time, lenient);

    assertThat(result).isNull();
    assertThat(time.elapsed()).isEqualTo(LIMIT);
  }

  /** In direct style the inner exit is told of the interruption, in stage style of the reason. */
  private static String asked(Carrier carrier) {
    return carrier.isDirect() ? "InterruptedException" : "TimeoutException";
  }

  /** {@return an error and all that was added to it} */
  private static Stream<Throwable> reachable(Throwable error) {
    return Stream.concat(
        Stream.of(error), Stream.of(error.getSuppressed()).flatMap(TimeoutsNestedTest::reachable));
  }

  private static String waiting(Carrier carrier, VirtualTime time, AsyncContextManager<?> manager)
      throws Exception {
    if (carrier.isDirect()) {
      return carrier.use(
          time,
          manager,
          _ -> {
            Async.sleep(LONG);
            return "result";
          });
    }
    return time.await(
        manager.useAsync((_, cancellation) ->
            cancellation.cancelling(Async.sleepAsync(LONG)).thenApply(_ -> "result")));
  }

  private static String onStack(
      Carrier carrier, VirtualTime time, List<? extends AsyncContextManager<?>> managers)
      throws Exception {
    if (carrier.isDirect()) {
      return carrier.use(
          time,
          AsyncExitStack.manager(),
          stack -> {
            for (AsyncContextManager<?> manager : managers) {
              stack.enter(manager);
            }
            Async.sleep(LONG);
            return "result";
          });
    }
    return time.await(
        AsyncExitStack.manager()
            .useAsync((stack, cancellation) ->
                enterAll(stack, managers)
                    .thenCompose(_ -> cancellation.cancelling(Async.sleepAsync(LONG)))
                    .thenApply(_ -> "result")));
  }

  private static CompletableFuture<?> enterAll(
      AsyncExitStack stack, List<? extends AsyncContextManager<?>> managers) {
    CompletableFuture<?> entered = CompletableFuture.completedFuture(stack);
    for (AsyncContextManager<?> manager : managers) {
      entered = entered.thenCompose(_ -> stack.enterAsync(manager));
    }
    return entered;
  }
}
