package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.tuple;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A bound on how long an exit may take: graceful, then forced, then abandoned. */
@ExtendWith(LeakCheck.class)
class TimeoutsExitTest {
  private static final Duration LIMIT = Duration.ofMillis(20);
  private static final String ABANDONED =
      "the exit of by hand did not end within PT0.02S and was abandoned";

  private final Journal journal = new Journal();
  private final ByHand manager = new ByHand(journal);
  private final List<Report> reports = new CopyOnWriteArrayList<>();

  @OnEveryCarrier
  void exitTimeout_exitsInTime_changesNothing(Carrier carrier, VirtualTime time) throws Exception {
    String result =
        carrier.use(time, new Probe(journal, carrier, "a").exitTimeout(LIMIT), value -> value);

    assertThat(result).isEqualTo("a");
    assertThat(journal.events())
        .containsExactly("enter a", "entered a", "exit a succeeded", "exited a");
  }

  @OnEveryCarrier
  void exitTimeout_verdictInTime_isFollowed(Carrier carrier, VirtualTime time) throws Exception {
    var suppressing = new Probe(journal, carrier, "a").answering(Verdict.SUPPRESS);

    String result =
        carrier.use(
            time, suppressing.exitTimeout(LIMIT), _ -> Probe.raise(new IOException("body")));

    assertThat(result).isNull();
  }

  @OnEveryCarrier
  void exitTimeout_failsInTime_isThatFailure(Carrier carrier, VirtualTime time) {
    var error = new IOException("exit");
    var failing = new Probe(journal, carrier, "a").failingToExit(error);

    Throwable thrown =
        catchThrowable(() -> carrier.use(time, failing.exitTimeout(LIMIT), value -> value));

    assertThat(thrown).isSameAs(error).hasNoSuppressedExceptions();
  }

  @OnEveryCarrier
  void exitTimeout_neverExits_isAbandonedAndReported(Carrier carrier, VirtualTime time) {
    manager.arrive();
    Throwable thrown;
    try (var _ = Report.listen(reports::add)) {
      thrown = catchThrowable(() -> carrier.use(time, manager.exitTimeout(LIMIT), value -> value));
    }

    assertThat(thrown)
        .isExactlyInstanceOf(TimeoutException.class)
        .hasMessage(ABANDONED)
        .hasNoSuppressedExceptions();
    assertThat(reports)
        .containsExactly(
            new Report(
                Report.Kind.ABANDONED_EXIT,
                "by hand",
                "the exit was abandoned: it may hold what it should release",
                thrown));
    manager.exit.complete(Verdict.PROPAGATE);
  }

  @OnEveryCarrier
  void exitTimeout_neverExitsAfterAFailure_isAddedToIt(Carrier carrier, VirtualTime time) {
    var bodyError = new IOException("body");
    manager.arrive();
    Throwable thrown;
    try (var _ = Report.listen(reports::add)) {
      thrown =
          catchThrowable(
              () -> carrier.use(time, manager.exitTimeout(LIMIT), _ -> Probe.raise(bodyError)));
    }

    assertThat(thrown).isSameAs(bodyError);
    assertThat(thrown.getSuppressed()).hasSize(1);
    assertThat(thrown.getSuppressed()[0]).hasMessage(ABANDONED);
    manager.exit.complete(Verdict.PROPAGATE);
  }

  @Test
  void exitTimeout_neverExits_isAwaitedForTheLimitOnly(VirtualTime time) {
    manager.arrive();
    CompletableFuture<String> result =
        manager.exitTimeout(LIMIT).useAsync(CompletableFuture::completedFuture);
    try (var _ = Report.listen(reports::add)) {
      time.advance(LIMIT.minusMillis(1));
      assertThat(result).isNotDone();
      time.advance(Duration.ofMillis(1));
    }

    assertThat(result.exceptionNow()).hasMessage(ABANDONED);
    manager.exit.complete(Verdict.PROPAGATE);
  }

  @Test
  void exitTimeout_abandonedExitEndsLater_isNotReportedAgain(VirtualTime time) {
    manager.arrive();
    var _ = manager.exitTimeout(LIMIT).useAsync(CompletableFuture::completedFuture);
    try (var _ = Report.listen(reports::add)) {
      time.advance(LIMIT);
      manager.exit.complete(Verdict.PROPAGATE);
    }

    assertThat(reports).extracting(Report::kind).containsExactly(Report.Kind.ABANDONED_EXIT);
  }

  @Test
  void exitTimeout_abandonedExitFailsLater_isReported(VirtualTime time) {
    var error = new IOException("late");
    manager.arrive();
    var _ = manager.exitTimeout(LIMIT).useAsync(CompletableFuture::completedFuture);
    try (var _ = Report.listen(reports::add)) {
      time.advance(LIMIT);
      manager.exit.completeExceptionally(error);
    }

    assertThat(reports)
        .extracting(Report::kind, Report::message, Report::error)
        .containsExactly(
            tuple(
                Report.Kind.ABANDONED_EXIT,
                "the exit was abandoned: it may hold what it should release",
                reports.getFirst().error()),
            tuple(Report.Kind.LATE_FAILURE, "the exit failed after it had been given up", error));
  }

  @OnEveryCarrier
  void exitTimeout_unbounded_exitsAsWithoutOne(Carrier carrier, VirtualTime time) throws Exception {
    carrier.use(
        time,
        new Probe(journal, carrier, "a").exitTimeout(Duration.ofSeconds(Long.MAX_VALUE)),
        value -> value);

    assertThat(journal.events())
        .containsExactly("enter a", "entered a", "exit a succeeded", "exited a");
  }

  @Test
  void exitTimeout_null_isRefused() {
    assertThatNullPointerException()
        .isThrownBy(() -> manager.exitTimeout(null))
        .withMessage("limit");
    assertThatNullPointerException()
        .isThrownBy(() -> manager.exitTimeout(null, this::note))
        .withMessage("limit");
    assertThatNullPointerException()
        .isThrownBy(() -> manager.exitTimeout(LIMIT, null))
        .withMessage("forceClose");
  }

  private CompletableFuture<String> note(String event) {
    journal.add(event);
    return CompletableFuture.completedFuture(event);
  }
}
