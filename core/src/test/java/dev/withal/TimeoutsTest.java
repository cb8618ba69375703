package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A bound on how long a body may take. */
@ExtendWith(LeakCheck.class)
class TimeoutsTest {
  private static final Duration LIMIT = Duration.ofMillis(20);
  private static final Duration LONG = Duration.ofSeconds(10);
  private static final Duration UNBOUNDED = Duration.ofSeconds(Long.MAX_VALUE);

  private final AtomicReference<Timeout> seen = new AtomicReference<>();

  @OnEveryCarrier
  void timeout_bodyTakesTooLong_fails(Carrier carrier, VirtualTime time) {
    Throwable thrown = catchThrowable(() -> use(carrier, time, Async.timeout(LIMIT), LONG));

    assertThat(thrown)
        .isExactlyInstanceOf(TimeoutException.class)
        .hasMessage("timed out after PT0.02S")
        .hasNoSuppressedExceptions();
    assertThat(time.elapsed()).isEqualTo(LIMIT);
    assertThat(seen.get().expired()).isTrue();
  }

  @OnEveryCarrier
  void timeout_bodyIsInTime_changesNothing(Carrier carrier, VirtualTime time) throws Exception {
    String result = use(carrier, time, Async.timeout(LONG), LIMIT);

    assertThat(result).isEqualTo("result");
    assertThat(time.elapsed()).isEqualTo(LIMIT);
    assertThat(seen.get().expired()).isFalse();
  }

  @OnEveryCarrier
  void timeout_deadline_isTheInstantOfItsEnd(Carrier carrier, VirtualTime time) {
    Throwable thrown = catchThrowable(() -> use(carrier, time, Async.timeout(LIMIT), LONG));

    assertThat(thrown).isInstanceOf(TimeoutException.class);
    assertThat(seen.get().deadline()).isEqualTo(Instant.EPOCH.plus(LIMIT));
  }

  @OnEveryCarrier
  void timeout_unbounded_neverExpires(Carrier carrier, VirtualTime time) throws Exception {
    String result = use(carrier, time, Async.timeout(UNBOUNDED), LONG);

    assertThat(result).isEqualTo("result");
    assertThat(seen.get().expired()).isFalse();
    assertThat(seen.get().deadline()).isEqualTo(ExitCase.UNBOUNDED);
  }

  @OnEveryCarrier
  void timeout_zero_endsABodyThatWaits(Carrier carrier, VirtualTime time) {
    Throwable thrown = catchThrowable(() -> use(carrier, time, Async.timeout(Duration.ZERO), LONG));

    assertThat(thrown)
        .isExactlyInstanceOf(TimeoutException.class)
        .hasMessage("timed out after PT0S");
    assertThat(time.elapsed()).isZero();
    assertThat(seen.get().expired()).isTrue();
  }

  @OnEveryCarrier
  void timeout_inThePast_endsABodyThatWaits(Carrier carrier, VirtualTime time) {
    Throwable thrown =
        catchThrowable(() -> use(carrier, time, Async.timeout(LIMIT.negated()), LONG));

    assertThat(thrown).isExactlyInstanceOf(TimeoutException.class);
    assertThat(time.elapsed()).isZero();
    assertThat(seen.get().deadline()).isEqualTo(Instant.EPOCH.minus(LIMIT));
  }

  @OnEveryCarrier
  void timeout_bodyFails_isThatFailure(Carrier carrier, VirtualTime time) {
    var error = new IOException("body");

    Throwable thrown =
        catchThrowable(() ->
            carrier.use(
                time,
                Async.timeout(LONG),
                timeout -> {
                  seen.set(timeout);
                  return Probe.raise(error);
                }));

    assertThat(thrown).isSameAs(error).hasNoSuppressedExceptions();
    assertThat(seen.get().expired()).isFalse();
  }

  @OnEveryCarrier
  void timeout_bodyFailsWithATimeoutOfItsOwn_isThatOne(Carrier carrier, VirtualTime time) {
    var own = new TimeoutException("the body's own");

    Throwable thrown =
        catchThrowable(() ->
            carrier.use(
                time,
                Async.timeout(LONG),
                timeout -> {
                  seen.set(timeout);
                  return Probe.raise(own);
                }));

    assertThat(thrown).isSameAs(own).hasNoSuppressedExceptions();
    assertThat(seen.get().expired()).isFalse();
  }

  @Test
  void timeout_inDirectStyle_interruptsTheBody(VirtualTime time, Journal journal) {
    Throwable thrown =
        catchThrowable(() ->
            Async.timeout(LIMIT)
                .<String, Exception>use(_ -> {
                  try {
                    Async.sleep(LONG);
                    return "result";
                  } catch (InterruptedException e) {
                    journal.add("interrupted at " + time.elapsed());
                    throw e;
                  }
                }));

    assertThat(thrown).isExactlyInstanceOf(TimeoutException.class).hasNoSuppressedExceptions();
    assertThat(journal.events()).containsExactly("interrupted at PT0.02S");
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void timeout_inStageStyle_tellsTheCancellation(VirtualTime time, Journal journal) {
    var body = new CompletableFuture<String>();
    CompletableFuture<String> result =
        Async.timeout(LIMIT)
            .useAsync((_, cancellation) -> {
              cancellation.onRequest(reason -> journal.add("asked " + reason.getMessage()));
              return body;
            });

    time.advance(LIMIT);
    assertThat(result).isNotDone();
    body.complete("too late");

    assertThat(journal.events()).containsExactly("asked timed out after PT0.02S");
    assertThat(result.exceptionNow()).isExactlyInstanceOf(TimeoutException.class);
  }

  @Test
  void timeout_bodyFailsWhenAsked_carriesThatFailure(VirtualTime time) {
    var error = new IOException("cleanup");
    Throwable thrown =
        catchThrowable(() ->
            Async.timeout(LIMIT)
                .<String, Exception>use(_ -> {
                  try {
                    Async.sleep(LONG);
                  } catch (InterruptedException _) {
                    throw error;
                  }
                  return "result";
                }));

    assertThat(thrown).isExactlyInstanceOf(TimeoutException.class);
    assertThat(thrown.getSuppressed()).containsExactly(error);
  }

  @Test
  void timeout_bodySwallowsTheInterruption_failsAllTheSame(VirtualTime time, Journal journal) {
    Throwable thrown =
        catchThrowable(() ->
            Async.timeout(LIMIT)
                .<String, Exception>use(_ -> {
                  Throwable interruption = catchThrowable(() -> Async.sleep(LONG));
                  journal.add(interruption.getClass().getSimpleName());
                  Async.sleep(LIMIT);
                  return "result";
                }));

    assertThat(thrown).isExactlyInstanceOf(TimeoutException.class).hasNoSuppressedExceptions();
    assertThat(journal.events()).containsExactly("InterruptedException");
    assertThat(time.elapsed()).isEqualTo(LIMIT.multipliedBy(2));
  }

  @Test
  void timeout_bodyIgnoresTheCancellation_overlapsAfterTheGracePeriod(VirtualTime time) {
    List<Report> reports = new CopyOnWriteArrayList<>();
    var body = new CompletableFuture<String>();
    CompletableFuture<String> result = Async.timeout(LIMIT).useAsync(_ -> body);
    try (var _ = Report.listen(reports::add)) {
      time.advance(LIMIT.plus(Duration.ofMillis(999)));
      assertThat(result).isNotDone();
      time.advance(Duration.ofMillis(1));
    }

    assertThat(result.exceptionNow()).isExactlyInstanceOf(TimeoutException.class);
    assertThat(reports).extracting(Report::kind).containsExactly(Report.Kind.OVERLAP);
    body.complete("ignored");
  }

  @OnEveryCarrier
  void timeout_usedAgain_startsAfresh(Carrier carrier, VirtualTime time) throws Exception {
    AsyncContextManager<Timeout> timeout = Async.timeout(LIMIT);
    Duration almost = LIMIT.minusMillis(1);

    String first = use(carrier, time, timeout, almost);
    String second = use(carrier, time, timeout, almost);

    assertThat(first).isEqualTo("result");
    assertThat(second).isEqualTo("result");
    assertThat(seen.get().expired()).isFalse();
  }

  @OnEveryCarrier
  void timeout_after_leavesTheCallerFree(Carrier carrier, VirtualTime time) throws Exception {
    Throwable thrown = catchThrowable(() -> use(carrier, time, Async.timeout(LIMIT), LONG));

    String next = use(carrier, time, Async.timeout(LONG), LIMIT);

    assertThat(thrown).isExactlyInstanceOf(TimeoutException.class);
    assertThat(next).isEqualTo("result");
  }

  @Test
  void timeout_null_isRefused() {
    assertThatNullPointerException().isThrownBy(() -> Async.timeout(null)).withMessage("limit");
  }

  /** Waits inside the timeout, in direct style or as a stage that can be cancelled. */
  private String use(
      Carrier carrier, VirtualTime time, AsyncContextManager<Timeout> manager, Duration wait)
      throws Exception {
    if (carrier.isDirect()) {
      return carrier.use(
          time,
          manager,
          timeout -> {
            seen.set(timeout);
            Async.sleep(wait);
            return "result";
          });
    }
    return time.await(
        manager.useAsync((timeout, cancellation) -> {
          seen.set(timeout);
          return cancellation.cancelling(Async.sleepAsync(wait)).thenApply(_ -> "result");
        }));
  }
}
