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
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** An exit that takes too long is forced, and abandoned only after that. */
@ExtendWith(LeakCheck.class)
class TimeoutsForceTest {
  private static final Duration LIMIT = Duration.ofMillis(20);
  private static final String FORCED =
      "the exit of by hand did not end within PT0.02S and was forced";

  private static final String ABANDONED =
      "the exit of by hand did not end within PT0.02S and was abandoned";

  private final Journal journal = new Journal();
  private final ByHand manager = new ByHand(journal);
  private final List<Report> reports = new CopyOnWriteArrayList<>();

  @OnEveryCarrier
  void forceClose_gracefulExitTakesTooLong_isCalledWithTheValue(Carrier carrier, VirtualTime time) {
    manager.arrive();
    AsyncContextManager<String> forced =
        manager.exitTimeout(LIMIT, value -> note("force " + value));

    Throwable thrown = catchThrowable(() -> carrier.use(time, forced, value -> value));

    assertThat(thrown)
        .isExactlyInstanceOf(TimeoutException.class)
        .hasMessage(FORCED)
        .hasNoSuppressedExceptions();
    assertThat(journal.events()).containsExactly("enter", "exit succeeded", "force value");
    manager.exit.complete(Verdict.PROPAGATE);
  }

  @OnEveryCarrier
  void forceClose_gracefulExitIsInTime_isNotCalled(Carrier carrier, VirtualTime time)
      throws Exception {
    carrier.use(
        time,
        new Probe(journal, carrier, "a").exitTimeout(LIMIT, value -> note("force " + value)),
        value -> value);

    assertThat(journal.events())
        .containsExactly("enter a", "entered a", "exit a succeeded", "exited a");
  }

  @Test
  void forceClose_failsAfterTheGracefulExitHasEnded_isReported(VirtualTime time) {
    var error = new IOException("force");
    var forcing = new CompletableFuture<Void>();
    manager.arrive();
    CompletableFuture<String> result =
        manager.exitTimeout(LIMIT, _ -> forcing).useAsync(CompletableFuture::completedFuture);
    time.advance(LIMIT);
    manager.exit.complete(Verdict.PROPAGATE);
    assertThat(result.exceptionNow()).hasMessage(FORCED).hasNoSuppressedExceptions();

    try (var _ = Report.listen(reports::add)) {
      forcing.completeExceptionally(error);
    }

    assertThat(reports).singleElement().extracting(Report::error).isSameAs(error);
  }

  @Test
  void gracefulExit_failsAfterItWasForced_isReported(VirtualTime time) {
    var error = new IOException("graceful");
    manager.arrive();
    CompletableFuture<String> result =
        manager
            .exitTimeout(LIMIT, _ -> CompletableFuture.completedFuture(null))
            .useAsync(CompletableFuture::completedFuture);
    time.advance(LIMIT);
    assertThat(result.exceptionNow()).hasMessage(FORCED).hasNoSuppressedExceptions();

    try (var _ = Report.listen(reports::add)) {
      manager.exit.completeExceptionally(error);
    }

    assertThat(reports).singleElement().extracting(Report::error).isSameAs(error);
  }

  @Test
  void forceClose_fails_isAddedToTheTimeout(VirtualTime time) {
    var error = new IOException("force");
    manager.arrive();
    CompletableFuture<String> result =
        manager
            .exitTimeout(LIMIT, _ -> CompletableFuture.failedFuture(error))
            .useAsync(CompletableFuture::completedFuture);

    time.advance(LIMIT);

    assertThat(result.exceptionNow()).hasMessage(FORCED);
    assertThat(result.exceptionNow().getSuppressed()).containsExactly(error);
    manager.exit.complete(Verdict.PROPAGATE);
  }

  @Test
  void forceClose_throws_isAddedToTheTimeout(VirtualTime time) {
    var error = new IllegalStateException("force");
    manager.arrive();
    CompletableFuture<String> result =
        manager
            .exitTimeout(
                LIMIT,
                _ -> {
                  throw error;
                })
            .useAsync(CompletableFuture::completedFuture);

    time.advance(LIMIT);

    assertThat(result.exceptionNow()).hasMessage(FORCED);
    assertThat(result.exceptionNow().getSuppressed()).containsExactly(error);
    manager.exit.complete(Verdict.PROPAGATE);
  }

  @Test
  void forceClose_returnsNull_saysWhatToReturn(VirtualTime time) {
    manager.arrive();
    CompletableFuture<String> result =
        manager.exitTimeout(LIMIT, _ -> null).useAsync(CompletableFuture::completedFuture);

    time.advance(LIMIT);

    assertThat(result.exceptionNow().getSuppressed())
        .singleElement()
        .isInstanceOf(NullPointerException.class)
        .extracting(Throwable::getMessage)
        .isEqualTo("forceClose returned null: return a stage");
    manager.exit.complete(Verdict.PROPAGATE);
  }

  @Test
  void forceClose_takesTime_isAwaited(VirtualTime time) {
    var force = new CompletableFuture<String>();
    manager.arrive();
    CompletableFuture<String> result =
        manager.exitTimeout(LIMIT, _ -> force).useAsync(CompletableFuture::completedFuture);
    time.advance(LIMIT.multipliedBy(2).minusMillis(1));
    assertThat(result).isNotDone();

    force.complete("forced");

    assertThat(result.exceptionNow()).hasMessage(FORCED);
    manager.exit.complete(Verdict.PROPAGATE);
  }

  @Test
  void forceClose_neverEnds_isAbandonedAfterAsLongAgain(VirtualTime time) {
    manager.arrive();
    CompletableFuture<String> result =
        manager
            .exitTimeout(LIMIT, _ -> new CompletableFuture<>())
            .useAsync(CompletableFuture::completedFuture);
    try (var _ = Report.listen(reports::add)) {
      time.advance(LIMIT.multipliedBy(2).minusMillis(1));
      assertThat(result).isNotDone();
      time.advance(Duration.ofMillis(1));
    }

    assertThat(result.exceptionNow()).hasMessage(ABANDONED);
    assertThat(reports).extracting(Report::kind).containsExactly(Report.Kind.ABANDONED_EXIT);
    manager.exit.complete(Verdict.PROPAGATE);
  }

  @Test
  void forceClose_letsTheGracefulExitEnd_isATimeoutAllTheSame(VirtualTime time) {
    manager.arrive();
    CompletableFuture<String> result =
        manager
            .exitTimeout(
                LIMIT,
                _ -> {
                  manager.exit.complete(Verdict.PROPAGATE);
                  return new CompletableFuture<>();
                })
            .useAsync(CompletableFuture::completedFuture);

    time.advance(LIMIT);

    assertThat(result.exceptionNow())
        .isExactlyInstanceOf(TimeoutException.class)
        .hasMessage(FORCED)
        .hasNoSuppressedExceptions();
  }

  @Test
  void forceClose_letsTheGracefulExitFail_isATimeoutThatCarriesIt(VirtualTime time) {
    var error = new IOException("aborted");
    manager.arrive();
    CompletableFuture<String> result =
        manager
            .exitTimeout(
                LIMIT,
                _ -> {
                  manager.exit.completeExceptionally(error);
                  return new CompletableFuture<>();
                })
            .useAsync(CompletableFuture::completedFuture);

    time.advance(LIMIT);

    assertThat(result.exceptionNow()).hasMessage(FORCED);
    assertThat(result.exceptionNow().getSuppressed()).containsExactly(error);
  }

  private CompletableFuture<String> note(String event) {
    journal.add(event);
    return CompletableFuture.completedFuture(event);
  }
}
