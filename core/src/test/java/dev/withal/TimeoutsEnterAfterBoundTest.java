package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a grace period adds to a bound on an enter, and what becomes of an enter that ends late. */
@ExtendWith(LeakCheck.class)
class TimeoutsEnterAfterBoundTest {
  private static final Duration LIMIT = Duration.ofMillis(50);
  private static final Duration GRACE = Duration.ofMillis(300);

  private final Journal journal = new Journal();

  @OnEveryCarrier
  void bound_graceWasAskedFor_comesOnTop(Carrier carrier, VirtualTime time) {
    var late = new ByHand(journal);

    Throwable thrown = use(late.grace(GRACE).enterTimeout(LIMIT).named("a"), carrier, time);

    assertThat(thrown).isExactlyInstanceOf(TimeoutException.class);
    assertThat(time.elapsed()).isEqualTo(LIMIT.plus(GRACE));
  }

  @OnEveryCarrier
  void bound_theDefaultWasAskedFor_comesOnTop(Carrier carrier, VirtualTime time) {
    var late = new ByHand(journal);

    Throwable thrown = use(late.enterTimeout(LIMIT).grace(Duration.ofSeconds(1)), carrier, time);

    assertThat(thrown).isExactlyInstanceOf(TimeoutException.class);
    assertThat(time.elapsed()).isEqualTo(LIMIT.plus(Duration.ofSeconds(1)));
  }

  @OnEveryCarrier
  void bound_enterFailsLater_isReported(Carrier carrier, VirtualTime time) {
    var late = new ByHand(journal);
    try (var _ = Report.listen(report -> journal.add("report " + report.kind()))) {
      use(late.enterTimeout(LIMIT), carrier, time);
      late.enter.completeExceptionally(new IOException("refused"));
    }

    assertThat(journal.events()).containsExactly("enter", "report LATE_FAILURE");
  }

  @OnEveryCarrier
  void bound_enterHearsOfIt_isNotReported(Carrier carrier, VirtualTime time) {
    var late = new ByHand(journal);
    try (var _ = Report.listen(report -> journal.add("report " + report.kind()))) {
      use(late.enterTimeout(LIMIT), carrier, time);
      late.enter.completeExceptionally(new CancellationException("heard"));
    }

    assertThat(journal.events()).containsExactly("enter");
  }

  @Test
  void bound_enterIsDoneAsItIsLookedAt_countsNoMore(VirtualTime time) {
    var gate = new CompletableFuture<String>();
    AsyncContextManager<String> manager =
        new AsyncContextManager<>() {
          @Override
          public CompletionStage<? extends AsyncContext<? extends String>> enterAsync() {
            return AsyncContextManager.closing(
                    () -> gate,
                    value -> {
                      journal.add("exit " + value);
                      return CompletableFuture.completedFuture(null);
                    })
                .enterAsync();
          }

          @Override
          public String toString() {
            gate.complete("value"); // between the timer's look and what it asks for
            return "manager";
          }
        };
    CompletableFuture<String> result =
        manager
            .enterTimeout(LIMIT)
            .useAsync((_, cancellation) -> {
              journal.add("body");
              return cancellation.cancelling(new CompletableFuture<>());
            });

    time.advance(Duration.ofSeconds(2));
    assertThat(journal.events()).containsExactly("body");
    assertThat(result).isNotDone();

    // Other requests are still taken.
    result.cancel(false);
    assertThat(journal.events()).containsExactly("body", "exit value");
    assertThat(result).isCancelled();
  }

  @Test
  void bound_enterCleansUpForLong_answersAllTheSame(VirtualTime time) {
    var cleaned = new CompletableFuture<Verdict>();
    AsyncContextManager<String> outer =
        AsyncContextManager.of(() -> CompletableFuture.completedFuture("outer"), (_, _) -> cleaned);
    AsyncContextManager<String> chain =
        outer.flatMap(_ -> () -> CompletableFuture.failedFuture(new IOException("refused")));

    CompletableFuture<String> result =
        chain.enterTimeout(LIMIT).useAsync(CompletableFuture::completedFuture);
    assertThat(result).isNotDone();
    time.advance(LIMIT);

    assertThat(result.exceptionNow()).isExactlyInstanceOf(TimeoutException.class);
    try (var _ = Report.listen(report -> journal.add("report " + report.kind()))) {
      cleaned.complete(Verdict.PROPAGATE);
    }
    assertThat(journal.events()).containsExactly("report LATE_FAILURE");
  }

  private static <T> Throwable use(
      AsyncContextManager<T> manager, Carrier carrier, VirtualTime time) {
    return catchThrowable(() -> carrier.use(time, manager, value -> value));
  }
}
