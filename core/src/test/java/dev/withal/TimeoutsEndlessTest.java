package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Any duration is taken; one that no process lives to see the end of bounds nothing. */
@ExtendWith(LeakCheck.class)
class TimeoutsEndlessTest {
  private final Journal journal = new Journal();

  static Stream<Duration> endless() {
    return Stream.of(
        Duration.ofNanos(Long.MAX_VALUE),
        Duration.ofNanos(Long.MAX_VALUE).plusNanos(1),
        Duration.ofDays(365_000),
        Duration.ofMillis(Long.MAX_VALUE),
        Duration.ofDays(Long.MAX_VALUE / 86_400),
        Duration.ofSeconds(Long.MAX_VALUE, 999_999_999));
  }

  static Stream<Duration> withTimers() {
    return Stream.of(
        Duration.ofDays(100_000),
        Duration.ofNanos(Long.MAX_VALUE - 1),
        Duration.ofNanos(Long.MAX_VALUE).minus(Duration.ofMillis(10)));
  }

  @ParameterizedTest
  @MethodSource({"endless", "withTimers"})
  void bounds_ofEveryKind_changeNothing(Duration limit, VirtualTime time) throws Exception {
    AsyncContextManager<String> bounded =
        new Probe(journal, Carrier.STAGE_LATER, "a")
            .enterTimeout(limit)
            .exitTimeout(limit)
            .grace(limit);

    String inDirectStyle = Async.timeout(limit).use(_ -> bounded.use(value -> value));
    String inStageStyle =
        time.await(
            Async.timeout(limit)
                .useAsync(_ -> bounded.useAsync(value -> Carrier.STAGE_LATER.step(() -> value))));

    assertThat(List.of(inDirectStyle, inStageStyle)).isEqualTo(List.of("a", "a"));
    assertThat(time.elapsed()).isEqualTo(Carrier.STEP.multipliedBy(5));
    assertThat(time.pendingTimers()).isZero();
  }

  @ParameterizedTest
  @EnumSource(TimeUnit.class)
  void orTimeout_asLongAsCanBeSaid_neverFires(TimeUnit unit, VirtualTime time) {
    CompletableFuture<String> result = waiting();

    result.orTimeout(Long.MAX_VALUE, unit).completeOnTimeout("late", Long.MAX_VALUE, unit);
    time.advance(Duration.ofDays(10_000));

    assertThat(result).isNotDone();
    result.cancel(false);
    assertThat(journal.events()).containsExactly("exit Cancelled");
  }

  @ParameterizedTest
  @EnumSource(TimeUnit.class)
  void orTimeout_lessThanCanBeSaid_firesAtOnce(TimeUnit unit, VirtualTime time) {
    CompletableFuture<String> result = waiting();

    result.orTimeout(Long.MIN_VALUE, unit);
    time.settle();
    time.advance(Duration.ZERO);

    assertThat(result).isCompletedExceptionally();
    assertThat(journal.events()).containsExactly("exit Cancelled");
  }

  @ParameterizedTest
  @MethodSource({"endless", "withTimers"})
  void timeout_isRescheduled_movesThereAndBack(Duration limit, VirtualTime time) {
    var seen = new CompletableFuture<Timeout>();
    CompletableFuture<String> result =
        Async.timeout(Duration.ofSeconds(1))
            .useAsync((timeout, cancellation) -> {
              seen.complete(timeout);
              return cancellation.cancelling(new CompletableFuture<>());
            });

    seen.join().reschedule(limit);
    time.advance(Duration.ofDays(10_000));
    assertThat(result).isNotDone();
    assertThat(seen.join().deadline()).isAfter(Instant.EPOCH.plus(Duration.ofDays(99_999)));
    seen.join().reschedule(Duration.ofSeconds(Long.MIN_VALUE));
    time.advance(Duration.ZERO);

    assertThat(result).isCompletedExceptionally();
    assertThat(seen.join().deadline()).isBefore(Instant.EPOCH);
  }

  @Test
  void timeout_thatNeverExpires_saysSo(VirtualTime time) throws Exception {
    time.advance(Duration.ofDays(20_000));

    Instant deadline = Async.timeout(Duration.ofSeconds(Long.MAX_VALUE)).use(Timeout::deadline);

    assertThat(deadline).isEqualTo(ExitCase.UNBOUNDED);
  }

  @ParameterizedTest
  @MethodSource("endless")
  void sleep_endless_goesOnUntilItIsCancelled(Duration limit, VirtualTime time) {
    CompletableFuture<Void> sleep = Async.sleepAsync(limit);
    time.advance(Duration.ofDays(10_000));

    assertThat(sleep).isNotDone();
    assertThat(sleep.cancel(false)).isTrue();
  }

  @Test
  void deadline_ofAnyCase_isAsFarAwayAsCanBeCounted() {
    var error = new CancellationException();
    Stream<ExitCase> unbounded =
        Stream.of(
            ExitCase.success(),
            ExitCase.of(error),
            ExitCase.of(new IllegalStateException()),
            ExitCase.cancelled(error),
            new ExitCase.Succeeded(Instant.MAX),
            new ExitCase.Failed(error, Instant.MAX),
            new ExitCase.Cancelled(error, true, Instant.MAX),
            ExitCase.success().by(Instant.MAX));

    assertThat(unbounded)
        .allSatisfy(how -> {
          assertThat(how.deadline()).isEqualTo(ExitCase.UNBOUNDED);
          Duration left = Duration.between(Instant.now(), how.deadline());
          assertThat(left.toNanos()).isPositive();
          assertThat(left.toMillis()).isPositive();
        });
  }

  @Test
  void deadline_beforeAllCounting_isTheEpoch() {
    ExitCase how = ExitCase.success().by(Instant.MIN);

    assertThat(how.deadline()).isEqualTo(Instant.EPOCH);
  }

  @ParameterizedTest
  @MethodSource({"endless", "withTimers"})
  void exitTimeout_endless_isToldAsADeadlineInReach(Duration limit, VirtualTime time)
      throws Exception {
    time.advance(Duration.ofDays(20_000));

    AsyncContextManager.of(
            () -> CompletableFuture.completedFuture("value"),
            (_, how) -> {
              Instant now = Instant.EPOCH.plus(time.elapsed());
              journal.add("left " + (Duration.between(now, how.deadline()).toNanos() > 0));
              return Verdict.PROPAGATE.now();
            })
        .exitTimeout(limit)
        .use(value -> value);

    assertThat(journal.events()).containsExactly("left true");
  }

  private CompletableFuture<String> waiting() {
    return AsyncContextManager.of(
            () -> CompletableFuture.completedFuture("value"),
            (_, how) -> {
              journal.add("exit " + how.getClass().getSimpleName());
              return Verdict.PROPAGATE.now();
            })
        .useAsync((_, cancellation) -> cancellation.cancelling(new CompletableFuture<>()));
  }
}
