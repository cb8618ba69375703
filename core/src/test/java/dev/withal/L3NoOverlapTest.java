package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** L3: an exit doesn't start while the body runs, but for the end of the grace period. */
@ExtendWith(LeakCheck.class)
class L3NoOverlapTest {
  private static final Duration FOREVER = Duration.ofSeconds(Long.MAX_VALUE);

  private final Journal journal = new Journal();
  private final ByHand manager = new ByHand(journal);
  private final CompletableFuture<String> body = new CompletableFuture<>();

  @BeforeEach
  void ready() {
    manager.arrive();
    manager.exit.complete(Verdict.PROPAGATE);
  }

  @Test
  void cancel_bodyEndsWithinTheGracePeriod_exitWaitsForIt(VirtualTime time) {
    CompletableFuture<String> result = manager.useAsync(_ -> body);

    result.cancel(true);
    time.advance(Duration.ofMillis(999));
    assertThat(journal.events()).containsExactly("enter");
    body.complete("ignored");

    assertThat(journal.events()).containsExactly("enter", "exit cancelled CancellationException");
    assertThat(result).isCancelled();
    assertThat(time.pendingTimers()).isZero();
  }

  @Test
  void cancel_bodyNeverEnds_exitIsToldThatItStillRuns(VirtualTime time) {
    List<Report> reports = new ArrayList<>();
    CompletableFuture<String> result = manager.named("db").useAsync(_ -> body);

    try (var _ = Report.listen(reports::add)) {
      result.cancel(true);
      time.advance(Duration.ofSeconds(1));
    }

    assertThat(journal.events())
        .containsExactly("enter", "exit cancelled CancellationException beside the body");
    assertThat(result).isCancelled();
    assertThat(reports)
        .singleElement()
        .satisfies(report -> {
          assertThat(report.kind()).isEqualTo(Report.Kind.OVERLAP);
          assertThat(report.context()).isEqualTo("db");
          assertThat(report.message())
              .isEqualTo(
                  "the exit begins although the body still runs: it did not end within PT1S");
        });
  }

  @Test
  void body_failsAfterItsExit_isReported(VirtualTime time) {
    var error = new IOException("late");
    List<Report> reports = new ArrayList<>();
    CompletableFuture<String> result = manager.useAsync(_ -> body);
    result.cancel(true);
    time.advance(Duration.ofSeconds(1));

    try (var _ = Report.listen(reports::add)) {
      body.completeExceptionally(error);
    }

    assertThat(reports)
        .singleElement()
        .satisfies(report -> {
          assertThat(report.kind()).isEqualTo(Report.Kind.LATE_FAILURE);
          assertThat(report.error()).isSameAs(error);
        });
    assertThat(result).isCancelled();
  }

  @Test
  void body_answersTheRequestAfterItsExit_isReportedIfItCarriesAnError(VirtualTime time) {
    var carrying = new CancellationException();
    carrying.addSuppressed(new IOException("an exit inside the body"));

    assertThat(reportedAfterTheExit(time, new CancellationException())).isEmpty();
    assertThat(reportedAfterTheExit(time, new InterruptedException())).isEmpty();
    assertThat(reportedAfterTheExit(time, carrying)).containsExactly(carrying);
  }

  /** {@return the errors that are reported when a body ends with one beside its exit} */
  private static List<Throwable> reportedAfterTheExit(VirtualTime time, Throwable bodyError) {
    var body = new CompletableFuture<String>();
    CompletableFuture<String> result = AsyncContextManager.ofValue("value").useAsync(_ -> body);
    List<Report> reports = new ArrayList<>();
    result.cancel(true);
    try (var _ = Report.listen(reports::add)) {
      time.advance(Duration.ofSeconds(1));
      reports.clear();
      body.completeExceptionally(bodyError);
    }
    return reports.stream().map(Report::error).toList();
  }

  @Test
  void orTimeout_bodyNeverEnds_timesOutAfterTheGracePeriod(VirtualTime time) {
    CompletableFuture<String> result =
        manager.<String>useAsync(_ -> body).orTimeout(5, TimeUnit.SECONDS);

    time.advance(Duration.ofMillis(5_999));
    assertThat(result).isNotDone();
    time.advance(Duration.ofMillis(1));

    assertThat(result.exceptionNow()).hasMessage("timed out after PT5S");
  }

  @Test
  void grace_setOnTheManager_isTheOneThatCounts(VirtualTime time) {
    CompletableFuture<String> result = manager.grace(Duration.ofMillis(20)).useAsync(_ -> body);

    result.cancel(true);
    time.advance(Duration.ofMillis(19));
    assertThat(result).isNotDone();
    time.advance(Duration.ofMillis(1));

    assertThat(result).isCancelled();
  }

  @Test
  void grace_unbounded_waitsForTheBody(VirtualTime time) {
    CompletableFuture<String> result = manager.grace(FOREVER).useAsync(_ -> body);

    result.cancel(true);
    time.advance(Duration.ofDays(1000));
    assertThat(result).isNotDone();
    assertThat(time.pendingTimers()).isZero();
    body.complete("ignored");

    assertThat(journal.events()).containsExactly("enter", "exit cancelled CancellationException");
    assertThat(result).isCancelled();
  }

  @Test
  void cancel_ofNestedUsesWhoseBodyHangs_exitsInOrder(VirtualTime time) {
    var inner = new Probe(journal, Carrier.STAGE_LATER, "inner");
    var outer = new Probe(journal, Carrier.STAGE_LATER, "outer");
    CompletableFuture<String> result = outer.useAsync(_ -> inner.useAsync(_ -> body));
    time.advance(Duration.ofMillis(20));

    result.cancel(true);
    time.advance(Duration.ofSeconds(2));

    assertThat(journal.events())
        .containsExactly(
            "enter outer",
            "entered outer",
            "enter inner",
            "entered inner",
            "exit inner cancelled CancellationException beside the body",
            "exited inner",
            "exit outer cancelled CancellationException",
            "exited outer");
    assertThat(result).isCancelled();
  }

  @Test
  void cancel_bodyOfAGeneratorNeverEnds_exitsAroundItsYieldAreToldThatItStillRuns(
      VirtualTime time) {
    ContextManager<String> synchronous =
        ContextManager.of(() -> "s", (_, how) -> telling("synchronous", how));
    var probe = new Probe(journal, Carrier.STAGE_COMPLETE, "probe");
    AsyncContextManager<String> inner =
        AsyncContextManager.generator(yield -> probe.run(_ -> yield.value("g")));
    AsyncContextManager<String> generator =
        AsyncContextManager.generator(yield ->
            synchronous.run(_ -> inner.run(_ -> manager.map(value -> value).run(yield::value))));

    CompletableFuture<String> result = generator.useAsync(_ -> body);
    time.advance(Duration.ofMillis(10));
    result.cancel(true);
    time.advance(Duration.ofSeconds(2));

    assertThat(journal.events())
        .containsExactly(
            "enter probe",
            "entered probe",
            "enter",
            "exit cancelled CancellationException beside the body",
            "exit probe cancelled CancellationException beside the body",
            "exited probe",
            "synchronous cancelled CancellationException beside the body");
    assertThat(result).isCancelled();
  }

  @Test
  void timeoutAroundAYield_bodyNeverEnds_exitAroundBothIsToldThatItStillRuns(VirtualTime time) {
    AsyncContextManager<String> generator =
        AsyncContextManager.generator(yield ->
            manager.run(_ -> Async.timeout(Duration.ofSeconds(1)).run(_ -> yield.value("g"))));

    CompletableFuture<String> result = generator.useAsync(_ -> body);
    time.advance(Duration.ofSeconds(2));

    assertThat(journal.events())
        .containsExactly("enter", "exit cancelled TimeoutException beside the body");
    assertThat(result)
        .failsWithin(Duration.ZERO)
        .withThrowableThat()
        .withCauseExactlyInstanceOf(TimeoutException.class);
  }

  @Test
  void cancel_usesInTheExitOfAGenerator_areToldOfTheirOwnBody(VirtualTime time) {
    AsyncContextManager<String> generator =
        AsyncContextManager.generator(yield -> {
          try {
            yield.value("g");
          } finally {
            manager.run(_ -> Probe.raise(new IOException("own")));
          }
        });

    CompletableFuture<String> result = generator.useAsync(_ -> body);
    time.advance(Duration.ofMillis(10));
    result.cancel(true);
    time.advance(Duration.ofSeconds(2));

    assertThat(journal.events()).containsExactly("enter", "exit failed own");
  }

  private Verdict telling(String name, ExitCase how) {
    journal.add(name + " " + Probe.describe(how));
    return Verdict.PROPAGATE;
  }

  @Test
  void interrupt_inDirectStyle_exitWaitsForTheBody(VirtualTime time) throws Exception {
    var probe = new Probe(journal, Carrier.VIRTUAL_THREAD, "a");
    var thrown = new CompletableFuture<Throwable>();
    Thread thread =
        time.start(() ->
            thrown.complete(
                catchThrowable(() ->
                    probe.use(_ -> {
                      try {
                        Async.sleep(Duration.ofDays(1));
                      } finally {
                        journal.add("body cleans up");
                      }
                      return "never";
                    }))));
    time.advance(Duration.ofSeconds(1));

    time.interrupt(thread);
    Throwable error = time.await(thrown);

    assertThat(error).isExactlyInstanceOf(InterruptedException.class);
    assertThat(journal.events())
        .containsExactly(
            "enter a",
            "entered a",
            "body cleans up",
            "exit a cancelled InterruptedException",
            "exited a");
  }
}
