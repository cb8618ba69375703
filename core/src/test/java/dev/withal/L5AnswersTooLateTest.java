package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.testkit.LeakCheck;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** L5: an error of exits is told to who waits for them, or else reported. */
@ExtendWith(LeakCheck.class)
class L5AnswersTooLateTest {
  private final IOException flush = new IOException("the flush failed");
  private final CompletableFuture<String> exit = new CompletableFuture<>();
  private final AsyncExitStack stack = AsyncExitStack.open();
  private final List<Throwable> reported = new ArrayList<>();
  private final Report.Registration listening =
      Report.listen(report -> {
        assertThat(report.kind()).isEqualTo(Report.Kind.LATE_FAILURE);
        reported.add(report.error());
      });

  L5AnswersTooLateTest() {
    stack.deferAsync(() -> exit);
  }

  @AfterEach
  void endListening() {
    listening.close();
  }

  @Test
  void closeAsync_timedOutBeforeTheExitsFail_theirErrorIsReported() {
    CompletableFuture<Void> closed = stack.closeAsync();
    closed.completeExceptionally(new TimeoutException());

    exit.completeExceptionally(flush);

    assertThat(reported).containsExactly(flush);
  }

  @Test
  void closeAsync_timedOutBeforeTheExitsSucceed_nothingIsReported() {
    CompletableFuture<Void> closed = stack.closeAsync();
    closed.completeExceptionally(new TimeoutException());

    exit.complete("done");

    assertThat(reported).isEmpty();
  }

  @Test
  void closeAsync_answersInTime_reportsNothing() {
    CompletableFuture<Void> closed = stack.closeAsync();

    exit.completeExceptionally(flush);

    assertThat(closed.exceptionNow()).isSameAs(flush);
    assertThat(reported).isEmpty();
  }

  @Test
  void closeAsync_calledTwiceAndOneTimedOut_tellsTheOther() {
    CompletableFuture<Void> first = stack.closeAsync();
    CompletableFuture<Void> second = stack.closeAsync();
    first.completeExceptionally(new TimeoutException());

    exit.completeExceptionally(flush);

    assertThat(second.exceptionNow()).isSameAs(flush);
    assertThat(reported).isEmpty();
  }

  @Test
  void closeAsync_calledTwiceAndBothTimedOut_isReportedOnce() {
    CompletableFuture<Void> first = stack.closeAsync();
    CompletableFuture<Void> second = stack.closeAsync();
    first.completeExceptionally(new TimeoutException());
    second.completeExceptionally(new TimeoutException());

    exit.completeExceptionally(flush);

    assertThat(reported).containsExactly(flush);
  }

  @Test
  void closeAsync_timedOutButExitedAsWell_tellsWhoExits() {
    CompletableFuture<Void> closed = stack.closeAsync();
    CompletableFuture<Verdict> exited = stack.exitAsync(ExitCase.success()).toCompletableFuture();
    closed.completeExceptionally(new TimeoutException());

    exit.completeExceptionally(flush);

    assertThat(exited.resultNow()).isEqualTo(Verdict.replaceWith(flush));
    assertThat(reported).isEmpty();
  }

  @Test
  void closeAsync_ofAStackThatIsInUse_tellsTheUse() {
    var closed = new CompletableFuture<CompletableFuture<Void>>();
    CompletableFuture<String> use =
        AsyncExitStack.manager()
            .useAsync(inUse -> {
              inUse.deferAsync(() -> exit);
              closed.complete(inUse.closeAsync());
              return CompletableFuture.completedFuture("result");
            });
    closed.join().completeExceptionally(new TimeoutException());

    exit.completeExceptionally(flush);

    assertThat(use.exceptionNow()).isSameAs(flush);
    assertThat(reported).isEmpty();
    stack.closeAsync();
  }

  @Test
  void exitAsync_timedOutBeforeTheExitsFail_theirErrorIsReported() {
    CompletableFuture<Verdict> exited = stack.exitAsync(ExitCase.success()).toCompletableFuture();
    exited.completeExceptionally(new TimeoutException());

    exit.completeExceptionally(flush);

    assertThat(reported).containsExactly(flush);
  }

  @Test
  void exitAsync_ofABoundedContextTimedOut_itsErrorIsReported() {
    AsyncContext<?> context =
        AsyncContextManager.closing(() -> CompletableFuture.completedFuture("x"), _ -> exit)
            .exitTimeout(Duration.ofDays(1))
            .enterAsync()
            .toCompletableFuture()
            .join();
    CompletableFuture<Verdict> exited = context.exitAsync(ExitCase.success()).toCompletableFuture();
    exited.completeExceptionally(new TimeoutException());

    exit.completeExceptionally(flush);

    assertThat(reported).containsExactly(flush);
    stack.closeAsync();
  }
}
