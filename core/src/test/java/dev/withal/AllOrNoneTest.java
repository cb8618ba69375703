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
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Several managers as one, of which some can't be entered, or are no longer wanted. */
@ExtendWith(LeakCheck.class)
class AllOrNoneTest {
  private static final Duration GRACE = Duration.ofSeconds(1);

  private final List<Report> reports = new CopyOnWriteArrayList<>();

  @OnEveryCarrier
  void all_oneFailsToEnter_exitsTheOthersAndRunsNoBody(
      Carrier carrier, VirtualTime time, Journal journal) {
    var error = new IOException("enter b");
    var all =
        all(
            List.of(
                new Probe(journal, carrier, "a"),
                new Probe(journal, carrier, "b").failingToEnter(error)));

    Throwable thrown =
        catchThrowable(() ->
            carrier.use(
                time,
                all,
                values -> {
                  journal.add("body");
                  return values;
                }));

    assertThat(thrown).isSameAs(error).hasNoSuppressedExceptions();
    assertThat(journal.events())
        .containsOnlyOnce("entered a", "exit a cancelled IOException", "exited a")
        .doesNotContain("body", "entered b");
  }

  @Test
  void all_oneFailsWhileOthersEnter_awaitsAndExitsThem(Journal journal) {
    var error = new IOException("enter");
    var slow = new ByHand(journal);
    slow.exit.complete(Verdict.PROPAGATE);
    var failing = new ByHand(journal);
    CompletableFuture<List<String>> result =
        all(List.of(slow, failing)).useAsync(CompletableFuture::completedFuture);

    failing.enter.completeExceptionally(error);
    assertThat(result).isNotDone();
    slow.arrive();

    assertThat(result.exceptionNow()).isSameAs(error);
    assertThat(error).hasNoSuppressedExceptions();
    assertThat(journal.events()).containsExactly("enter", "enter", "exit cancelled IOException");
  }

  @Test
  void all_rollbackTakesTime_isAwaited(Journal journal) {
    var arrived = new ByHand(journal);
    var failing = new ByHand(journal);
    CompletableFuture<List<String>> result =
        all(List.of(arrived, failing)).useAsync(CompletableFuture::completedFuture);

    arrived.arrive();
    failing.enter.completeExceptionally(new IOException("enter"));

    assertThat(journal.events()).containsExactly("enter", "enter", "exit cancelled IOException");
    assertThat(result).isNotDone();
    arrived.exit.complete(Verdict.PROPAGATE);
    assertThat(result.state()).isEqualTo(Future.State.FAILED);
  }

  @Test
  void all_severalFailToEnter_carriesAllErrors(Journal journal) {
    var first = new IOException("first");
    var second = new IOException("second");
    var a = new ByHand(journal);
    var b = new ByHand(journal);
    CompletableFuture<List<String>> result =
        all(List.of(a, b)).useAsync(CompletableFuture::completedFuture);

    b.enter.completeExceptionally(first);
    a.enter.completeExceptionally(second);

    assertThat(result.exceptionNow()).isSameAs(first);
    assertThat(first.getSuppressed()).containsExactly(second);
  }

  @Test
  void all_oneThrowsInsteadOfEntering_isAFailureToEnter(Journal journal) {
    var error = new IllegalStateException("thrown");
    AsyncContextManager<String> throwing =
        () -> {
          throw error;
        };

    CompletableFuture<List<String>> result =
        all(List.of(new Probe(journal, Carrier.STAGE_COMPLETE, "a"), throwing))
            .useAsync(CompletableFuture::completedFuture);

    assertThat(result.exceptionNow()).isSameAs(error);
    assertThat(exits(journal)).containsExactly("exit a cancelled IllegalStateException");
  }

  @Test
  void all_oneReturnsNull_saysWhatToReturn(Journal journal) {
    AsyncContextManager<String> returningNull = () -> null;

    CompletableFuture<List<String>> result =
        all(List.of(returningNull)).useAsync(CompletableFuture::completedFuture);

    assertThat(result.exceptionNow())
        .isExactlyInstanceOf(NullPointerException.class)
        .hasMessage(
            "enterAsync returned null instead of a stage: return one that completes with a"
                + " context");
  }

  @Test
  void all_oneCompletesWithNull_saysWhatToCompleteWith(Journal journal) {
    AsyncContextManager<String> completing = () -> CompletableFuture.completedFuture(null);

    CompletableFuture<List<String>> result =
        all(List.of(completing)).useAsync(CompletableFuture::completedFuture);

    assertThat(result.exceptionNow())
        .isExactlyInstanceOf(NullPointerException.class)
        .hasMessage(
            "enterAsync completed with null instead of a context: complete it with an"
                + " AsyncContext");
  }

  @Test
  void all_ofBoundedWidthOneFails_beginsNoMore(Journal journal) {
    var error = new IOException("enter a");
    AsyncContextManager<List<String>> all =
        AsyncContextManager.all(
            1,
            List.of(
                new Probe(journal, Carrier.STAGE_COMPLETE, "a").failingToEnter(error),
                new Probe(journal, Carrier.STAGE_COMPLETE, "b")));

    CompletableFuture<List<String>> result = all.useAsync(CompletableFuture::completedFuture);

    assertThat(result.exceptionNow()).isSameAs(error);
    assertThat(journal.events()).containsExactly("enter a");
  }

  @OnEveryCarrier
  void all_rollbackFails_keepsItsError(Carrier carrier, VirtualTime time, Journal journal) {
    var enterError = new IOException("enter b");
    var exitError = new IOException("exit a");
    var all =
        all(
            List.of(
                new Probe(journal, carrier, "a").failingToExit(exitError),
                new Probe(journal, carrier, "b").failingToEnter(enterError)));

    Throwable thrown = catchThrowable(() -> carrier.use(time, all, values -> values));

    assertThat(thrown).isSameAs(enterError);
    assertThat(thrown.getSuppressed()).containsExactly(exitError);
  }

  @OnEveryCarrier
  void all_rollbackSuppresses_doesNotHideTheFailureToEnter(
      Carrier carrier, VirtualTime time, Journal journal) {
    var error = new IOException("enter b");
    var all =
        all(
            List.of(
                new Probe(journal, carrier, "a").answering(Verdict.SUPPRESS),
                new Probe(journal, carrier, "b").failingToEnter(error)));

    Throwable thrown = catchThrowable(() -> carrier.use(time, all, values -> values));

    assertThat(thrown).isSameAs(error).hasNoSuppressedExceptions();
  }

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

  private static AsyncContextManager<List<String>> all(
      List<? extends AsyncContextManager<String>> members) {
    return AsyncContextManager.all(members);
  }

  private static List<String> exits(Journal journal) {
    return journal.events().stream().filter(event -> event.startsWith("exit ")).toList();
  }
}
