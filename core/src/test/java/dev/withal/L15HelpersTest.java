package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.internal.Span;
import dev.withal.internal.Tracer;
import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.ManualExecutor;
import dev.withal.testkit.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** L15: a failing listener, action, executor or clock never loses an exit. */
@ExtendWith(LeakCheck.class)
class L15HelpersTest {
  private final Journal journal = new Journal();

  @Test
  void executor_runsEveryStep() {
    var executor = new ManualExecutor();

    CompletableFuture<String> result =
        new Probe(journal, Carrier.STAGE_COMPLETE, "a")
            .on(executor)
            .useAsync(CompletableFuture::completedFuture);

    assertThat(journal.events()).isEmpty();
    assertThat(result).isNotDone();
    executor.runAll();
    assertThat(result).isCompletedWithValue("a");
    assertThat(journal.events())
        .containsExactly("enter a", "entered a", "exit a succeeded", "exited a");
  }

  @Test
  void executor_rejects_stepsRunOnTheCompletingThread() {
    Executor closed =
        _ -> {
          throw new RejectedExecutionException("closed");
        };

    CompletableFuture<String> result =
        new Probe(journal, Carrier.STAGE_COMPLETE, "a")
            .on(closed)
            .useAsync(CompletableFuture::completedFuture);

    assertThat(result).isCompletedWithValue("a");
    assertThat(journal.events())
        .containsExactly("enter a", "entered a", "exit a succeeded", "exited a");
  }

  @Test
  void executor_rejectsFromTheBodyOn_exitRunsAllTheSame() {
    var executor = new ManualExecutor();
    var open = new boolean[] {true};
    Executor closing =
        task -> {
          if (!open[0]) {
            throw new RejectedExecutionException("closed");
          }
          executor.execute(task);
        };
    var body = new CompletableFuture<String>();
    CompletableFuture<String> result =
        new Probe(journal, Carrier.STAGE_COMPLETE, "a").on(closing).useAsync(_ -> body);
    executor.runAll();

    open[0] = false;
    body.complete("done");

    assertThat(result).isCompletedWithValue("done");
    assertThat(journal.events()).endsWith("exit a succeeded", "exited a");
  }

  @Test
  void listener_fails_exitAndOtherListenersGoOn(VirtualTime time) {
    List<Report> heard = new ArrayList<>();
    var manager = new ByHand(journal);
    manager.arrive();
    manager.exit.complete(Verdict.PROPAGATE);
    CompletableFuture<String> result = manager.useAsync(_ -> new CompletableFuture<>());

    try (var _ =
            Report.listen(_ -> {
              throw new IllegalStateException("listener");
            });
        var _ = Report.listen(heard::add)) {
      result.cancel(true);
      time.advance(Duration.ofSeconds(1));
    }

    assertThat(result).isCancelled();
    assertThat(journal.events()).hasSize(2);
    assertThat(heard).hasSize(1);
  }

  @Test
  void tracer_failsOnReports_listenersHearThemAndTheUseEnds(VirtualTime time) {
    List<String> heard = new ArrayList<>();
    var manager = new ByHand(journal);
    manager.arrive();
    CompletableFuture<String> result;

    try (var _ = new FailingTrace();
        var _ = Report.listen(report -> heard.add(report.kind() + ": " + report.message()))) {
      result =
          manager.exitTimeout(Duration.ofSeconds(20)).useAsync(CompletableFuture::completedFuture);
      time.advance(Duration.ofSeconds(20));
    }

    assertThat(result.exceptionNow()).isInstanceOf(TimeoutException.class);
    assertThat(heard)
        .containsExactly(
            "SLOW_EXIT: the exit has not ended within PT10S",
            "ABANDONED_EXIT: the exit was abandoned: it may hold what it should release");
  }

  /** A tracer that fails on each report. */
  private static final class FailingTrace implements Tracer, AutoCloseable {
    FailingTrace() {
      Tracer.replace(this);
    }

    @Override
    public Span begin(@Nullable Span parent, @Nullable String site, @Nullable Object named) {
      return new Span(parent, site) {};
    }

    @Override
    public void reported(String kind, String context, String message, @Nullable Throwable error) {
      throw new IllegalStateException("tracer");
    }

    @Override
    public void close() {
      Tracer.replace(null);
    }
  }

  @Test
  void listener_isClosed_hearsNoMore(VirtualTime time) {
    List<Report> heard = new ArrayList<>();
    Report.listen(heard::add).close();

    Report.send(Report.Kind.SLOW_EXIT, "test", "this warning is expected", null);

    assertThat(heard).isEmpty();
  }

  @Test
  void cancellationAction_fails_othersAndTheExitGoOn() {
    var manager = new ByHand(journal);
    manager.arrive();
    manager.exit.complete(Verdict.PROPAGATE);
    var body = new CompletableFuture<String>();
    List<Report> heard = new ArrayList<>();
    CompletableFuture<String> result =
        manager.useAsync((_, cancellation) -> {
          cancellation.onRequest(_ -> {
            throw new IllegalStateException("action");
          });
          return cancellation.cancelling(body);
        });

    try (var _ = Report.listen(heard::add)) {
      result.cancel(true);
    }

    assertThat(body).isCancelled();
    assertThat(result).isCancelled();
    assertThat(heard)
        .singleElement()
        .satisfies(report -> {
          assertThat(report.kind()).isEqualTo(Report.Kind.FAILED_CALLBACK);
          assertThat(report.error()).hasMessage("action");
        });
  }

  @Test
  void cancellation_ofABodyThatEnds_isNeverAsked() {
    var manager = new ByHand(journal);
    manager.arrive();
    manager.exit.complete(Verdict.PROPAGATE);
    var seen = new Cancellation[1];
    CompletableFuture<String> result =
        manager.useAsync((value, cancellation) -> {
          seen[0] = cancellation;
          cancellation.onRequest(_ -> journal.add("asked"));
          return CompletableFuture.completedFuture(value);
        });

    result.cancel(true);
    seen[0].onRequest(_ -> journal.add("asked late"));

    assertThat(seen[0].reason()).isNull();
    assertThat(journal.events()).containsExactly("enter", "exit succeeded");
  }

  @Test
  void cancellation_thatWasAsked_tellsLateComersAtOnce() {
    var manager = new ByHand(journal);
    manager.arrive();
    manager.exit.complete(Verdict.PROPAGATE);
    var body = new CompletableFuture<String>();
    var seen = new Cancellation[1];
    CompletableFuture<String> result =
        manager.useAsync((_, cancellation) -> {
          seen[0] = cancellation;
          return body;
        });

    result.cancel(true);
    seen[0].onRequest(reason -> journal.add(reason.getMessage()));
    body.complete("ignored");

    assertThat(seen[0].reason()).hasMessage("cancelled by its caller");
    assertThat(journal.events())
        .containsExactly(
            "enter", "cancelled by its caller", "exit cancelled CancellationException");
  }
}
