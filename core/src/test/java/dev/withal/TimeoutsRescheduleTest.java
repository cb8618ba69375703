package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A timeout that is moved while its body runs. */
@ExtendWith(LeakCheck.class)
class TimeoutsRescheduleTest {
  private static final Duration LIMIT = Duration.ofMillis(20);
  private static final Duration LONG = Duration.ofSeconds(10);

  private final CompletableFuture<String> body = new CompletableFuture<>();
  private final AtomicReference<Timeout> seen = new AtomicReference<>();

  @Test
  void reschedule_later_expiresThen(VirtualTime time) {
    CompletableFuture<String> result = begin(LIMIT);
    time.advance(LIMIT.minusMillis(1));

    seen.get().reschedule(LIMIT);

    assertThat(seen.get().deadline()).isEqualTo(Instant.EPOCH.plusMillis(39));
    time.advance(LIMIT.minusMillis(1));
    assertThat(result).isNotDone();
    assertThat(seen.get().expired()).isFalse();
    time.advance(Duration.ofMillis(1));
    assertThat(seen.get().expired()).isTrue();
    assertThat(result.exceptionNow())
        .isExactlyInstanceOf(TimeoutException.class)
        .hasMessage("timed out after PT0.02S");
  }

  @Test
  void reschedule_earlier_expiresThen(VirtualTime time) {
    CompletableFuture<String> result = begin(LONG);

    seen.get().reschedule(LIMIT);

    assertThat(seen.get().deadline()).isEqualTo(Instant.EPOCH.plus(LIMIT));
    time.advance(LIMIT);
    assertThat(seen.get().expired()).isTrue();
    assertThat(result).isDone();
    assertThat(time.elapsed()).isEqualTo(LIMIT);
  }

  @Test
  void reschedule_often_expiresOnceAtTheLastDeadline(VirtualTime time) {
    CompletableFuture<String> result = begin(LIMIT);
    for (int i = 0; i < 100; i++) {
      time.advance(LIMIT.minusMillis(1));
      seen.get().reschedule(LIMIT);
    }

    assertThat(result).isNotDone();
    assertThat(time.pendingTimers()).isEqualTo(1);
    time.advance(LIMIT);

    assertThat(result.exceptionNow()).isExactlyInstanceOf(TimeoutException.class);
  }

  @Test
  void reschedule_toNow_expiresAtOnce(VirtualTime time) {
    CompletableFuture<String> result = begin(LONG);

    seen.get().reschedule(Duration.ZERO);

    assertThat(result.exceptionNow()).isExactlyInstanceOf(TimeoutException.class);
  }

  @Test
  void reschedule_toNever_doesNotExpire(VirtualTime time) {
    CompletableFuture<String> result = begin(LIMIT);

    seen.get().reschedule(Duration.ofSeconds(Long.MAX_VALUE));
    time.advance(LONG);

    assertThat(seen.get().deadline()).isEqualTo(ExitCase.UNBOUNDED);
    assertThat(result).isNotDone();
    body.complete("result");
    assertThat(result).isCompletedWithValue("result");
  }

  @Test
  void reschedule_ofOneThatNeverExpired_expires(VirtualTime time) {
    CompletableFuture<String> result = begin(Duration.ofSeconds(Long.MAX_VALUE));

    seen.get().reschedule(LIMIT);
    time.advance(LIMIT);

    assertThat(result.exceptionNow()).isExactlyInstanceOf(TimeoutException.class);
  }

  @Test
  void reschedule_inDirectStyle_movesTheInterruption(VirtualTime time) {
    Throwable thrown =
        catchThrowable(() ->
            Async.timeout(LIMIT)
                .<String, Exception>use(timeout -> {
                  timeout.reschedule(LIMIT.multipliedBy(2));
                  Async.sleep(LONG);
                  return "result";
                }));

    assertThat(thrown)
        .isExactlyInstanceOf(TimeoutException.class)
        .hasMessage("timed out after PT0.04S");
    assertThat(time.elapsed()).isEqualTo(LIMIT.multipliedBy(2));
  }

  @Test
  void reschedule_bodyHasEnded_isRefused(VirtualTime time) {
    CompletableFuture<String> result = begin(LIMIT);
    body.complete("result");

    assertThat(result).isCompletedWithValue("result");
    assertThatThrownBy(() -> seen.get().reschedule(LIMIT))
        .isExactlyInstanceOf(IllegalStateException.class)
        .hasMessage("the body of this timeout has ended: it can't be rescheduled");
  }

  @Test
  void reschedule_hasExpired_isRefused(VirtualTime time) {
    CompletableFuture<String> result = begin(LIMIT);
    time.advance(LIMIT);

    assertThat(result).isDone();
    assertThatThrownBy(() -> seen.get().reschedule(LIMIT))
        .isExactlyInstanceOf(IllegalStateException.class)
        .hasMessage("this timeout has expired: it can't be rescheduled");
  }

  @Test
  void reschedule_hasExpiredAndTheBodyStillRuns_isRefused(VirtualTime time) {
    CompletableFuture<String> result =
        Async.timeout(LIMIT)
            .useAsync(timeout -> {
              seen.set(timeout);
              return body;
            });
    time.advance(LIMIT);

    assertThatThrownBy(() -> seen.get().reschedule(LIMIT))
        .isExactlyInstanceOf(IllegalStateException.class)
        .hasMessage("this timeout has expired: it can't be rescheduled");
    body.complete("ignored");
    assertThat(result.exceptionNow()).isExactlyInstanceOf(TimeoutException.class);
  }

  @Test
  void reschedule_null_isRefused(VirtualTime time) {
    CompletableFuture<String> result = begin(LIMIT);

    assertThatNullPointerException()
        .isThrownBy(() -> seen.get().reschedule(null))
        .withMessage("limit");
    assertThat(seen.get().deadline()).isEqualTo(Instant.EPOCH.plus(LIMIT));
    body.complete("result");
    assertThat(result).isCompletedWithValue("result");
  }

  private CompletableFuture<String> begin(Duration limit) {
    return Async.timeout(limit)
        .useAsync((timeout, cancellation) -> {
          seen.set(timeout);
          return cancellation.cancelling(body);
        });
  }
}
