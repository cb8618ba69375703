package dev.withal;

import static dev.withal.AsyncContextManager.all;
import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** L5, L8: whatever an exit says that nobody waits for any more is reported. */
@ExtendWith(LeakCheck.class)
class LateExitTest {
  private static final Duration GRACE = Duration.ofSeconds(1);
  private static final Duration LIMIT = Duration.ofMillis(20);

  private final IOException error = new IOException("exit");
  private final List<Report> reports = new CopyOnWriteArrayList<>();
  private final Journal journal = new Journal();
  private final ByHand manager = new ByHand(journal);

  @Test
  void exit_ofALateArrivalReplaces_isReported(VirtualTime time) {
    cancelAndArriveLate(time, manager, Verdict.replaceWith(error));

    assertThat(reports).extracting(Report::error).containsExactly(error);
  }

  @Test
  void exit_ofALateArrivalPropagates_isNotReported(VirtualTime time) {
    cancelAndArriveLate(time, manager.suppressing(IOException.class), Verdict.PROPAGATE);

    assertThat(reports).isEmpty();
  }

  @Test
  void exit_ofALateContextThatTellsItsCase_isReported(VirtualTime time) {
    cancelAndArriveLate(
        time, manager.suppressing(IllegalStateException.class), Verdict.replaceWith(error));

    assertThat(reports).extracting(Report::error).containsExactly(error);
  }

  @Test
  void exit_ofALateGroupFails_isReportedWithTheReason(VirtualTime time) {
    manager.exit.completeExceptionally(error);
    var late = new CompletableFuture<Void>();
    AsyncContextManager<List<String>> group = all(List.of(manager));
    // Entered by a stage of somebody else's, which is not asked to end.
    CompletableFuture<List<String>> result = use(() -> late.thenCompose(_ -> group.enterAsync()));

    cancelPastGrace(time, result);
    manager.arrive();
    listening(() -> late.complete(null));

    assertThat(reports).hasSize(1);
    assertThat(reports.getFirst().error()).hasSuppressedException(error);
  }

  @Test
  void exit_ofALateSynchronousManagerFails_isReported(VirtualTime time) {
    completeAndArriveLate(time, synchronous()::async);
  }

  @Test
  void exit_ofALateSynchronousManagerOnAnExecutorFails_isReported(VirtualTime time) {
    completeAndArriveLate(
        time, () -> synchronous().async(time.executor(Thread::startVirtualThread)));
  }

  @Test
  void exit_ofALateGeneratorFails_isReported(VirtualTime time) {
    completeAndArriveLate(
        time,
        () ->
            AsyncContextManager.generator(yield -> {
              sleepThrough(GRACE.multipliedBy(3));
              try (AutoCloseable _ = this::fail) {
                yield.value("value");
              }
            }));
  }

  /**
   * Its caller, who gets a value, is told of no error: so one that is added to the reason isn't
   * seen.
   */
  private void completeAndArriveLate(VirtualTime time, Supplier<AsyncContextManager<String>> late) {
    CompletableFuture<String> result = late.get().useAsync(value -> new CompletableFuture<>());
    result.complete("asked for");
    time.advance(GRACE.multipliedBy(2));
    assertThat(result).isCompletedWithValue("asked for");

    listening(() -> time.advance(GRACE.multipliedBy(2)));

    assertThat(reports).hasSize(1);
    assertThat(reports.getFirst().error()).hasSuppressedException(error);
  }

  private ContextManager<String> synchronous() {
    return () -> {
      sleepThrough(GRACE.multipliedBy(3));
      return new Context<>() {
        @Override
        public String value() {
          return "value";
        }

        @Override
        public Verdict exit(ExitCase how) throws IOException {
          throw error;
        }
      };
    };
  }

  private void fail() throws IOException {
    throw error;
  }

  /** Takes no notice of an interruption. */
  private static void sleepThrough(Duration duration) throws InterruptedException {
    CompletableFuture<Void> over = Async.sleepAsync(duration);
    while (!over.isDone()) {
      try {
        Async.await(over);
      } catch (InterruptedException _) {
        // It goes on.
      }
    }
  }

  @Test
  void exit_onAClosedStackReplaces_isReported(VirtualTime time) {
    AsyncExitStack stack = AsyncExitStack.open();
    stack.succeeded();
    CompletableFuture<String> value = stack.enterAsync(manager);
    CompletableFuture<Void> closed = stack.closeAsync();
    time.advance(GRACE);
    assertThat(closed).isCompletedWithValue(null);

    listening(() -> {
      manager.arrive();
      manager.exit.complete(Verdict.replaceWith(error));
    });

    assertThat(value).isCompletedExceptionally();
    assertThat(reports).extracting(Report::error).containsExactly(error);
  }

  @Test
  void exit_abandonedReplacesLater_isReported(VirtualTime time) {
    manager.arrive();
    CompletableFuture<String> result =
        manager.exitTimeout(LIMIT).useAsync(CompletableFuture::completedFuture);
    time.advance(LIMIT);
    assertThat(result).isCompletedExceptionally();

    listening(() -> manager.exit.complete(Verdict.replaceWith(error)));

    assertThat(reports).extracting(Report::error).containsExactly(error);
  }

  @Test
  void exit_forcedAndAbandonedFailsLater_isReported(VirtualTime time) {
    manager.arrive();
    CompletableFuture<String> result =
        manager
            .exitTimeout(LIMIT, _ -> new CompletableFuture<>())
            .useAsync(CompletableFuture::completedFuture);
    time.advance(LIMIT.multipliedBy(2));
    assertThat(result).isCompletedExceptionally();

    listening(() -> manager.exit.completeExceptionally(error));

    assertThat(reports).extracting(Report::error).containsExactly(error);
  }

  private void cancelAndArriveLate(
      VirtualTime time, AsyncContextManager<String> late, Verdict verdict) {
    cancelPastGrace(time, use(late));
    listening(() -> {
      manager.arrive();
      manager.exit.complete(verdict);
    });
  }

  private static <T> CompletableFuture<T> use(AsyncContextManager<T> manager) {
    return manager.useAsync(CompletableFuture::completedFuture);
  }

  private static void cancelPastGrace(VirtualTime time, CompletableFuture<?> result) {
    result.cancel(true);
    time.advance(GRACE);
    assertThat(result).isCancelled();
  }

  private void listening(Runnable action) {
    try (var _ = Report.listen(reports::add)) {
      action.run();
    }
  }
}
