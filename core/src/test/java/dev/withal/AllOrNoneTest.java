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
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Several managers as one, of which some can't be entered. */
@ExtendWith(LeakCheck.class)
class AllOrNoneTest {

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
  void all_cancelledWhileEntering_endsWithTheLastOneThatKeepsAGracePeriod(
      VirtualTime time, Journal journal) {
    Duration longer = Duration.ofSeconds(3);
    AsyncContextManager<String> keeping =
        new ByHand(journal).grace(longer).enterTimeout(Duration.ofDays(1));
    CompletableFuture<List<String>> result =
        AsyncContextManager.all(List.of(new ByHand(journal), keeping))
            .useAsync(CompletableFuture::completedFuture);

    result.cancel(true);
    time.advance(longer.minusNanos(1));
    assertThat(result).isNotDone();
    time.advance(Duration.ofNanos(1));

    assertThat(result).isCancelled();
    assertThat(journal.events()).containsExactly("enter", "enter");
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

  @Test
  void all_severalFailToEnterAndRollbackFails_addsTheErrorsInOrder(
      VirtualTime time, Journal journal) {
    var first = new IOException("enter b");
    var second = new IOException("enter c");
    var exitError = new IOException("exit a");
    var all =
        all(
            List.of(
                new Probe(journal, Carrier.STAGE_COMPLETE, "a").failingToExit(exitError),
                new Probe(journal, Carrier.STAGE_LATER, "b").failingToEnter(first),
                new Probe(journal, Carrier.STAGE_LATER, "c").failingToEnter(second)));

    Throwable thrown =
        catchThrowable(() -> time.await(all.useAsync(CompletableFuture::completedFuture)));

    assertThat(thrown).isSameAs(first);
    assertThat(thrown.getSuppressed()).containsExactly(second, exitError);
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

  private static AsyncContextManager<List<String>> all(
      List<? extends AsyncContextManager<String>> members) {
    return AsyncContextManager.all(members);
  }

  private static List<String> exits(Journal journal) {
    return journal.events().stream().filter(event -> event.startsWith("exit ")).toList();
  }
}
