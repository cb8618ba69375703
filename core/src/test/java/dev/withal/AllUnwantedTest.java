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
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Several managers as one that are no longer wanted while they enter. */
@ExtendWith(LeakCheck.class)
class AllUnwantedTest {
  private static final Duration GRACE = Duration.ofSeconds(1);

  private final List<Report> reports = new CopyOnWriteArrayList<>();

  @Test
  void all_cancelledWhileEntering_exitsWhatArrivesAndWaitsForTheRest(Journal journal) {
    var early = new ByHand(journal);
    early.exit.complete(Verdict.PROPAGATE);
    var late = new ByHand(journal);
    late.exit.complete(Verdict.PROPAGATE);
    CompletableFuture<List<String>> result =
        all(List.of(early, late)).useAsync(CompletableFuture::completedFuture);
    early.arrive();

    assertThat(result.cancel(true)).isTrue();
    assertThat(result).isNotDone();
    late.arrive();

    assertThat(result).isCancelled();
    assertThat(journal.events())
        .containsExactly(
            "enter",
            "enter",
            "exit cancelled CancellationException",
            "exit cancelled CancellationException");
  }

  @Test
  void all_cancelledWhileEntering_cancelsNoForeignStage(VirtualTime time, Journal journal) {
    var member = new ByHand(journal);
    CompletableFuture<List<String>> result =
        all(List.of(member)).useAsync(CompletableFuture::completedFuture);

    result.cancel(true);
    time.advance(GRACE);

    assertThat(result).isCancelled();
    assertThat(member.enter).isNotDone();
  }

  @Test
  void all_oneNeverArrives_endsAfterTheGracePeriod(VirtualTime time, Journal journal) {
    var error = new IOException("enter");
    var never = new ByHand(journal);
    var failing = new ByHand(journal);
    CompletableFuture<List<String>> result =
        all(List.of(new Probe(journal, Carrier.STAGE_COMPLETE, "a"), never, failing))
            .useAsync(CompletableFuture::completedFuture);
    failing.enter.completeExceptionally(error);

    time.advance(GRACE.minusMillis(1));
    assertThat(result).isNotDone();
    time.advance(Duration.ofMillis(1));

    assertThat(result.exceptionNow()).isSameAs(error);
    assertThat(exits(journal)).containsExactly("exit a cancelled IOException");
  }

  @Test
  void all_oneArrivesAfterTheGracePeriod_isExitedAllTheSame(VirtualTime time, Journal journal) {
    var late = new ByHand(journal);
    var failing = new ByHand(journal);
    CompletableFuture<List<String>> result =
        all(List.of(late, failing)).useAsync(CompletableFuture::completedFuture);
    failing.enter.completeExceptionally(new IOException("enter"));
    time.advance(GRACE);
    assertThat(result).isDone();

    late.arrive();

    assertThat(journal.events()).containsExactly("enter", "enter", "exit cancelled IOException");
    late.exit.complete(Verdict.PROPAGATE);
  }

  @Test
  void all_exitAfterTheGracePeriodFails_isReportedByTheMembersName(
      VirtualTime time, Journal journal) {
    var exitError = new IOException("exit");
    var late = new ByHand(journal);
    late.exit.completeExceptionally(exitError);
    var failing = new ByHand(journal);
    CompletableFuture<List<String>> result =
        all(List.of(late.named("replica"), failing)).useAsync(CompletableFuture::completedFuture);
    failing.enter.completeExceptionally(new IOException("enter"));
    time.advance(GRACE);
    try (var _ = Report.listen(reports::add)) {
      late.arrive();
    }

    assertThat(result).isDone();
    assertThat(reports)
        .containsExactly(
            new Report(
                Report.Kind.LATE_FAILURE,
                "replica",
                "the exit failed after its caller had stopped waiting",
                exitError));
  }

  @Test
  void all_enterAfterTheGracePeriodFails_isReported(VirtualTime time, Journal journal) {
    var lateError = new IOException("late");
    var late = new ByHand(journal);
    var failing = new ByHand(journal);
    CompletableFuture<List<String>> result =
        all(List.of(late, failing)).useAsync(CompletableFuture::completedFuture);
    failing.enter.completeExceptionally(new IOException("enter"));
    time.advance(GRACE);
    try (var _ = Report.listen(reports::add)) {
      late.enter.completeExceptionally(lateError);
    }

    assertThat(result).isDone();
    assertThat(reports)
        .containsExactly(
            new Report(
                Report.Kind.LATE_FAILURE,
                "by hand",
                "the enter failed after its caller had stopped waiting",
                lateError));
  }

  @Test
  void all_oneIsAUseThatExits_isAwaitedPastTheGracePeriod(VirtualTime time, Journal journal) {
    var outer = new ByHand(journal);
    var inner = new ByHand(journal);
    var failing = new ByHand(journal);
    outer.arrive();
    outer.exit.complete(Verdict.PROPAGATE);
    CompletableFuture<List<String>> result =
        all(List.of(outer.flatMap(_ -> inner), failing))
            .useAsync(CompletableFuture::completedFuture);
    failing.enter.completeExceptionally(new IOException("enter"));
    inner.arrive();
    time.advance(GRACE);
    assertThat(result).isNotDone();

    inner.exit.complete(Verdict.PROPAGATE);

    assertThat(result).isCompletedExceptionally();
    assertThat(journal.events())
        .containsExactly(
            "enter", "enter", "enter", "exit cancelled IOException", "exit cancelled IOException");
  }

  @Test
  void all_interruptedWhileEntering_exitsWhatHasArrived(VirtualTime time, Journal journal) {
    var never = new ByHand(journal);
    var all = all(List.of(new Probe(journal, Carrier.STAGE_COMPLETE, "a"), never));
    Thread user =
        time.start(() -> {
          Throwable thrown = catchThrowable(() -> all.<String, Exception>use(_ -> "result"));
          journal.add("thrown " + thrown.getClass().getSimpleName());
        });
    time.settle();

    time.interrupt(user);
    time.advance(GRACE);

    assertThat(journal.events())
        .containsExactly(
            "enter a",
            "entered a",
            "enter",
            "exit a cancelled InterruptedException",
            "exited a",
            "thrown InterruptedException");
  }

  @Test
  void all_interruptedWhileEntering_awaitsTheRollback(VirtualTime time, Journal journal) {
    var never = new ByHand(journal);
    AsyncContextManager<String> slowToExit =
        AsyncContextManager.closing(
            () -> CompletableFuture.completedFuture("a"),
            _ -> Async.sleepAsync(Carrier.STEP).thenRun(() -> journal.add("exited a")));
    var all = all(List.of(slowToExit, never));
    Thread user =
        time.start(() -> {
          Throwable thrown = catchThrowable(() -> all.<String, Exception>use(_ -> "result"));
          journal.add("thrown " + thrown.getClass().getSimpleName());
        });
    time.settle();

    time.interrupt(user);
    time.advance(GRACE.plus(Carrier.STEP));

    assertThat(journal.events())
        .containsExactly("enter", "exited a", "thrown InterruptedException");
  }

  @Test
  void all_oneFailsToEnter_interruptsTheGeneratorsThatStillDo(VirtualTime time, Journal journal) {
    var error = new IOException("enter");
    var failing = new ByHand(journal);
    CompletableFuture<List<String>> result =
        all(List.of(sleepy(journal), failing, sleepy(journal)))
            .useAsync(CompletableFuture::completedFuture);
    time.settle();

    failing.enter.completeExceptionally(error);
    time.settle();

    assertThat(result.exceptionNow()).isSameAs(error);
    assertThat(journal.events()).containsExactly("enter", "interrupted", "interrupted");
    assertThat(time.elapsed()).isZero();
  }

  @Test
  void all_oneFailsWhileAnotherBeginsToEnter_interruptsThatToo(VirtualTime time, Journal journal) {
    var error = new IOException("enter");
    var failing = new ByHand(journal);
    AsyncContextManager<String> generator = sleepy(journal);
    AsyncContextManager<String> failingTheFirst =
        () -> {
          failing.enter.completeExceptionally(error);
          return generator.enterAsync();
        };
    CompletableFuture<List<String>> result =
        all(List.of(failing, failingTheFirst)).useAsync(CompletableFuture::completedFuture);
    time.settle();

    assertThat(result.exceptionNow()).isSameAs(error);
    assertThat(journal.events()).containsExactly("enter", "interrupted");
    assertThat(time.elapsed()).isZero();
  }

  @Test
  void all_cancelledWhileEntering_interruptsItsGenerators(VirtualTime time, Journal journal) {
    CompletableFuture<List<String>> result =
        all(List.of(sleepy(journal))).useAsync(CompletableFuture::completedFuture);
    time.settle();

    result.cancel(true);
    time.settle();

    assertThat(result).isCancelled();
    assertThat(journal.events()).containsExactly("interrupted");
  }

  /** Takes a day to enter, unless it is interrupted. */
  private static AsyncContextManager<String> sleepy(Journal journal) {
    return AsyncContextManager.generator(yield -> {
      try {
        Async.sleep(Duration.ofDays(1));
      } catch (InterruptedException e) {
        journal.add("interrupted");
        throw e;
      }
      yield.value("value");
    });
  }

  private static AsyncContextManager<List<String>> all(
      List<? extends AsyncContextManager<String>> members) {
    return AsyncContextManager.all(members);
  }

  private static List<String> exits(Journal journal) {
    return journal.events().stream().filter(event -> event.startsWith("exit ")).toList();
  }
}
