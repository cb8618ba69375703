package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
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
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * L3: work that a body stops by {@link Cancellation#stopping} has ended before the exit; {@link
 * L3AwaitedWorkTest} has the direct style.
 */
@ExtendWith(LeakCheck.class)
class L3StoppedWorkTest {

  /** Whose stage stands for the work. */
  enum Owner {
    PLAIN {
      @Override
      <T> CompletionStage<T> stage(CompletableFuture<T> work) {
        return work;
      }
    },
    MINIMAL {
      @Override
      <T> CompletionStage<T> stage(CompletableFuture<T> work) {
        return work.minimalCompletionStage();
      }
    },
    FOREIGN {
      @Override
      <T> CompletionStage<T> stage(CompletableFuture<T> work) {
        var foreign = new CompletableFuture<T>() {};
        work.whenComplete((value, error) -> StageEnd.end(foreign, value, error));
        return foreign;
      }
    };

    abstract <T> CompletionStage<T> stage(CompletableFuture<T> work);
  }

  private final Journal journal = new Journal();
  private final CompletableFuture<String> work = new CompletableFuture<>();
  private final AsyncContextManager<String> manager =
      AsyncContextManager.of(
          () -> CompletableFuture.completedFuture("value"),
          (_, how) -> {
            journal.add("exit " + Probe.describe(how));
            return Verdict.PROPAGATE.now();
          });

  @ParameterizedTest
  @EnumSource
  void stopping_bodyIsAsked_stopsOnceAndTheExitWaits(Owner owner, VirtualTime time) {
    CompletionStage<String> stage = owner.stage(work);
    CompletableFuture<String> use =
        manager.useAsync(
            (_, cancellation) -> cancellation.stopping(stage, () -> journal.add("stop")));

    use.cancel(true);
    use.completeExceptionally(new IOException("second"));
    time.advance(Duration.ofMillis(999));
    assertThat(journal.events()).containsExactly("stop");
    assertThat(use).isNotDone();
    work.complete("late");

    assertThat(journal.events()).containsExactly("stop", "exit cancelled CancellationException");
    assertThat(use).isCancelled();
  }

  @ParameterizedTest
  @EnumSource
  void stopping_bodyEndsUnasked_neverStops(Owner owner, VirtualTime time) throws Exception {
    CompletionStage<String> stage = owner.stage(work);
    CompletableFuture<String> use =
        manager.useAsync(
            (_, cancellation) -> cancellation.stopping(stage, () -> journal.add("stop")));

    work.complete("result");
    use.cancel(true);

    assertThat(time.await(use)).isEqualTo("result");
    assertThat(journal.events()).containsExactly("exit succeeded");
  }

  @ParameterizedTest
  @EnumSource
  void stopping_stageIsCompleteAlready_neverStops(Owner owner, VirtualTime time) throws Exception {
    work.complete("result");
    CompletionStage<String> stage = owner.stage(work);

    CompletableFuture<String> use =
        manager.useAsync(
            (_, cancellation) -> cancellation.stopping(stage, () -> journal.add("stop")));

    assertThat(time.await(use)).isEqualTo("result");
    assertThat(journal.events()).containsExactly("exit succeeded");
  }

  @Test
  void stopping_bodyGoesOnAfterTheWork_stopsAllTheSame() {
    var rest = new CompletableFuture<String>();
    CompletableFuture<String> use =
        manager.useAsync((_, cancellation) ->
            cancellation.stopping(work, () -> journal.add("stop")).thenCompose(_ -> rest));
    work.complete("first");

    use.cancel(true);
    rest.complete("second");

    assertThat(journal.events()).containsExactly("stop", "exit cancelled CancellationException");
  }

  @Test
  void stopping_bodyWasAskedBefore_stopsAtOnce() {
    var cancellations = new Cancellations();
    cancellations.ask(new CancellationException());

    CompletableFuture<String> returned =
        cancellations.stopping(work, () -> journal.add("stop on " + Thread.currentThread()));

    assertThat(returned).isSameAs(work);
    assertThat(journal.events()).containsExactly("stop on " + Thread.currentThread());
  }

  @Test
  void stopping_stopEndsTheWork_exitBeginsThen() {
    CompletableFuture<String> use =
        manager.useAsync((_, cancellation) ->
            cancellation.stopping(
                work,
                () -> {
                  journal.add("stop");
                  work.completeExceptionally(new IOException("stopped"));
                }));

    use.completeExceptionally(new IOException("reason"));

    assertThat(journal.events()).containsExactly("stop", "exit cancelled IOException");
    assertThat(use.exceptionNow()).hasMessage("reason");
    assertThat(use.exceptionNow().getSuppressed())
        .singleElement()
        .satisfies(error -> assertThat(error).hasMessage("stopped"));
  }

  @Test
  void stopping_stopThrows_isReportedAndTheWorkIsAwaited() {
    var failure = new IllegalStateException("stop");
    List<Report> reports = new ArrayList<>();
    CompletableFuture<String> use =
        manager.useAsync((_, cancellation) -> {
          cancellation.stopping(
              work,
              () -> {
                throw failure;
              });
          return cancellation.stopping(work, () -> journal.add("stop"));
        });

    try (var _ = Report.listen(reports::add)) {
      use.cancel(true);
    }
    assertThat(use).isNotDone();
    work.complete("late");

    assertThat(reports)
        .singleElement()
        .satisfies(report -> {
          assertThat(report.kind()).isEqualTo(Report.Kind.FAILED_CALLBACK);
          assertThat(report.error()).isSameAs(failure);
        });
    assertThat(journal.events()).containsExactly("stop", "exit cancelled CancellationException");
    assertThat(use).isCancelled();
  }

  @Test
  void stopping_inANest_exitsAllAfterTheWork() {
    CompletableFuture<String> use =
        manager.useAsync(_ ->
            manager.useAsync(
                (_, cancellation) -> cancellation.stopping(work, () -> journal.add("stop"))));

    use.cancel(true);
    assertThat(journal.events()).containsExactly("stop");
    work.complete("late");

    assertThat(journal.events())
        .containsExactly(
            "stop", "exit cancelled CancellationException", "exit cancelled CancellationException");
  }

  @Test
  void stopping_valueIsLost_stopsAndTheExitWaits() {
    var lost = new CompletableFuture<Void>();
    CompletableFuture<String> use =
        losing(lost)
            .useAsync((_, cancellation) -> cancellation.stopping(work, () -> journal.add("stop")));

    lost.completeExceptionally(new IOException("lost"));
    assertThat(journal.events()).containsExactly("stop");
    work.complete("late");

    assertThat(journal.events()).containsExactly("stop", "exit cancelled IOException");
    assertThat(use.exceptionNow()).hasMessage("lost");
  }

  private AsyncContextManager<String> losing(CompletionStage<?> lost) {
    return () ->
        CompletableFuture.completedFuture(
            new AsyncContext<>() {
              @Override
              public String value() {
                return "value";
              }

              @Override
              public CompletionStage<?> lost() {
                return lost;
              }

              @Override
              public CompletionStage<Verdict> exitAsync(ExitCase how) {
                journal.add("exit " + Probe.describe(how));
                return Verdict.PROPAGATE.now();
              }
            });
  }

  @Test
  void stopping_ofNull_isRefused() {
    var cancellations = new Cancellations();

    assertThatThrownBy(() -> cancellations.stopping(null, () -> {}))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("work");
    assertThatThrownBy(() -> cancellations.stopping(work, null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("stop");
  }

  @Test
  void stopping_workNeverEnds_exitIsToldSoPastTheGracePeriod(VirtualTime time) {
    List<Report> reports = new ArrayList<>();
    CompletableFuture<String> use =
        manager.useAsync(
            (_, cancellation) -> cancellation.stopping(work, () -> journal.add("stop")));

    try (var _ = Report.listen(reports::add)) {
      use.cancel(true);
      time.advance(Duration.ofSeconds(1));
    }

    assertThat(journal.events())
        .containsExactly("stop", "exit cancelled CancellationException beside the body");
    assertThat(reports).extracting(Report::kind).containsExactly(Report.Kind.OVERLAP);
    assertThat(catchThrowable(() -> time.await(use))).isInstanceOf(CancellationException.class);
  }
}
