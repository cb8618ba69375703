package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.internal.Held;
import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The name of a manager is what messages and reports tell. */
@ExtendWith(LeakCheck.class)
class ComposeNamedTest {
  private static final Duration GRACE = Duration.ofSeconds(1);

  private final List<Report> reports = new CopyOnWriteArrayList<>();

  @OnEveryCarrier
  void named_used_changesNothingElse(Carrier carrier, VirtualTime time, Journal journal)
      throws Exception {
    String result =
        carrier.use(time, new Probe(journal, carrier, "a").named("database"), value -> value);

    assertThat(result).isEqualTo("a");
    assertThat(journal.events())
        .containsExactly("enter a", "entered a", "exit a succeeded", "exited a");
  }

  @OnEveryCarrier
  void named_enterTimesOut_isInTheMessage(Carrier carrier, VirtualTime time, Journal journal) {
    var never = new ByHand(journal);

    Throwable thrown =
        catchThrowable(() ->
            carrier.use(time, never.named("database").enterTimeout(Carrier.STEP), value -> value));

    assertThat(thrown)
        .isExactlyInstanceOf(TimeoutException.class)
        .hasMessage("database did not enter within PT0.01S");
  }

  @OnEveryCarrier
  void named_exitTimesOut_isInTheMessageAndTheReport(
      Carrier carrier, VirtualTime time, Journal journal) {
    var hanging = new ByHand(journal);
    hanging.arrive();
    Throwable thrown;
    try (var _ = Report.listen(reports::add)) {
      thrown =
          catchThrowable(() ->
              carrier.use(
                  time, hanging.named("database").exitTimeout(Carrier.STEP), value -> value));
    }

    assertThat(thrown)
        .hasMessage("the exit of database did not end within PT0.01S and was abandoned");
    assertThat(reports).extracting(Report::context).containsExactly("database");
    hanging.exit.complete(Verdict.PROPAGATE);
  }

  @Test
  void named_afterTheExitTimeout_isTheNameAllTheSame(VirtualTime time, Journal journal) {
    var hanging = new ByHand(journal);
    hanging.arrive();
    CompletableFuture<String> result;
    try (var _ = Report.listen(reports::add)) {
      result =
          hanging
              .exitTimeout(Carrier.STEP)
              .named("database")
              .useAsync(CompletableFuture::completedFuture);
      time.advance(Carrier.STEP);
    }

    assertThat(result.exceptionNow())
        .hasMessage("the exit of database did not end within PT0.01S and was abandoned");
    assertThat(reports).extracting(Report::context).containsExactly("database");
    hanging.exit.complete(Verdict.PROPAGATE);
  }

  @Test
  void named_callersTimeIsOver_isInTheMessage(VirtualTime time, Journal journal) {
    var manager = new ByHand(journal);
    manager.arrive();
    manager.exit.complete(Verdict.PROPAGATE);
    CompletableFuture<String> result =
        manager
            .named("database")
            .useAsync((_, cancellation) -> cancellation.cancelling(new CompletableFuture<String>()))
            .orTimeout(1, TimeUnit.SECONDS);

    time.advance(Duration.ofSeconds(1));

    assertThat(result.exceptionNow()).hasMessage("database timed out after PT1S");
  }

  @OnEveryCarrier
  void named_aMappedTimeoutExpires_isInTheMessage(Carrier carrier, VirtualTime time) {
    AsyncContextManager<Instant> request =
        Async.timeout(Duration.ZERO).map(Timeout::deadline).named("request");

    Throwable thrown = catchThrowable(() -> carrier.use(time, request, value -> value));

    assertThat(thrown)
        .isExactlyInstanceOf(TimeoutException.class)
        .hasMessage("request timed out after PT0S");
  }

  @Test
  void named_thereIsNoPermitInTime_isInTheMessage() {
    AsyncContextManager<Semaphore> places =
        ContextManager.permit(new Semaphore(0)).async().named("places").enterTimeout(Duration.ZERO);

    assertThat(catchThrowable(() -> places.use(value -> value)))
        .isExactlyInstanceOf(TimeoutException.class)
        .hasMessage("places had no permit within PT0S");
  }

  @Test
  void named_aLockIsNotFreeInTime_isInTheMessage() throws Exception {
    var lock = new ReentrantLock();
    Thread.startVirtualThread(lock::lock).join();
    AsyncContextManager<Lock> orders =
        ContextManager.lock(lock, Duration.ZERO).async().named("orders");

    assertThat(catchThrowable(() -> orders.use(value -> value)))
        .isExactlyInstanceOf(TimeoutException.class)
        .hasMessage("orders wasn't free within PT0S");
  }

  @Test
  void named_bodyOutlivesTheGracePeriod_isInTheReport(VirtualTime time, Journal journal) {
    var manager = new ByHand(journal);
    manager.arrive();
    manager.exit.complete(Verdict.PROPAGATE);
    var body = new CompletableFuture<String>();
    CompletableFuture<String> result = manager.named("database").useAsync(_ -> body);
    try (var _ = Report.listen(reports::add)) {
      result.cancel(true);
      time.advance(GRACE);
    }

    assertThat(result).isCancelled();
    assertThat(reports)
        .extracting(Report::kind, Report::context)
        .containsExactly(tuple(Report.Kind.OVERLAP, "database"));
    body.complete("late");
  }

  @Test
  void named_enterFailsAfterTheGracePeriod_isInTheReport(VirtualTime time, Journal journal) {
    var error = new IOException("late");
    var manager = new ByHand(journal);
    CompletableFuture<String> result =
        manager.named("database").useAsync(CompletableFuture::completedFuture);
    try (var _ = Report.listen(reports::add)) {
      result.cancel(true);
      time.advance(GRACE);
      manager.enter.completeExceptionally(error);
    }

    assertThat(result).isCancelled();
    assertThat(reports)
        .containsExactly(
            new Report(
                Report.Kind.LATE_FAILURE,
                "database",
                "the enter failed after its caller had stopped waiting",
                error));
  }

  @Test
  void named_again_isTheLastName(VirtualTime time, Journal journal) {
    var never = new ByHand(journal);

    Throwable thrown =
        catchThrowable(() ->
            never
                .named("database")
                .enterTimeout(Carrier.STEP)
                .named("replica")
                .<String, Exception>use(value -> value));

    assertThat(thrown).hasMessage("replica did not enter within PT0.01S");
  }

  @Test
  void named_byNobody_isWhatTheManagerPrints(VirtualTime time, Journal journal) {
    var never = new ByHand(journal);

    Throwable thrown =
        catchThrowable(
            () -> never.enterTimeout(Carrier.STEP).<String, Exception>use(value -> value));

    assertThat(thrown).hasMessage("by hand did not enter within PT0.01S");
  }

  @Test
  void named_mapped_isStillTheName(Journal journal) {
    AsyncContextManager<String> named = new ByHand(journal).named("database");

    assertThat(named).hasToString("database");
    assertThat(named.map(value -> value)).hasToString("database");
    assertThat(named.exitTimeout(GRACE)).hasToString("database");
    assertThat(named.grace(GRACE)).hasToString("database");
  }

  @Test
  void named_byNobody_isWhatItsPartsPrint(Journal journal) {
    var part = new ByHand(journal);

    assertThat(part.map(value -> value)).hasToString("by hand");
    assertThat(part.suppressing(IOException.class)).hasToString("by hand");
    assertThat(AsyncContextManager.all(List.of(part, part))).hasToString("[by hand, by hand]");
  }

  @Test
  void named_byNobodyBodyOutlivesTheGracePeriod_isReportedAsWhatItBounds(
      VirtualTime time, Journal journal) {
    var manager = new ByHand(journal);
    manager.arrive();
    manager.exit.complete(Verdict.PROPAGATE);
    CompletableFuture<String> result =
        manager.exitTimeout(GRACE).useAsync(_ -> new CompletableFuture<>());
    try (var _ = Report.listen(reports::add)) {
      result.cancel(true);
      time.advance(GRACE);
    }

    assertThat(result).isCancelled();
    assertThat(reports).extracting(Report::context).containsExactly("by hand");
  }

  @Test
  void named_byNobodyExitIsSlow_isReportedAsWhatTheContextPrints(
      VirtualTime time, Journal journal) {
    var manager = new ByHand(journal);
    manager.arrive();
    CompletableFuture<String> result;
    Held.begin();
    try (var _ = Report.listen(reports::add)) {
      result =
          manager
              .exitTimeout(Duration.ofDays(1))
              .suppressing(IOException.class)
              .useAsync(CompletableFuture::completedFuture);
      time.advance(Duration.ofSeconds(11));
    } finally {
      Held.end();
    }
    manager.exit.complete(Verdict.PROPAGATE);

    assertThat(result).isCompletedWithValue("value");
    assertThat(reports)
        .isNotEmpty()
        .extracting(Report::kind, Report::context)
        .containsOnly(tuple(Report.Kind.SLOW_EXIT, "by hand"));
  }

  @Test
  void named_null_isRefused(Journal journal) {
    assertThatNullPointerException()
        .isThrownBy(() -> new ByHand(journal).named(null))
        .withMessage("name");
  }

  private static org.assertj.core.groups.Tuple tuple(Object... values) {
    return org.assertj.core.api.Assertions.tuple(values);
  }
}
