package dev.withal.guide;

import static java.util.concurrent.CompletableFuture.failedFuture;

import dev.withal.Async;
import dev.withal.testkit.Journal;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The database of the examples. Each step takes 10 ms and is written down. It goes on when nobody
 * waits any more, as drivers do.
 */
final class Database {
  private static final Duration STEP = Duration.ofMillis(10);
  private static final Duration STOP = Duration.ofMillis(1);

  private final Journal journal;
  private @Nullable RuntimeException countError;
  private @Nullable RuntimeException closeError;

  Database(Journal journal) {
    this.journal = journal;
  }

  /** Lets counts throw, instead of returning a future. */
  void throwFromCount(RuntimeException error) {
    countError = error;
  }

  void failToClose(RuntimeException error) {
    closeError = error;
  }

  CompletableFuture<Connection> connectAsync() {
    return step("connected", Connection::new);
  }

  final class Connection {
    private volatile @Nullable Step<?> statement;

    CompletableFuture<Integer> countAsync(String table) {
      if (countError != null) {
        throw countError;
      }
      return running(step("counted " + table, () -> 3));
    }

    CompletableFuture<Void> executeAsync(String sql) {
      return running(step(sql, () -> null));
    }

    /** Asks the server to stop the statement that runs, and returns before it has. */
    void cancelStatement() {
      Step<?> running = statement;
      if (running != null) {
        Async.sleepAsync(STOP).thenRun(() -> stop(running));
      }
    }

    private <T> CompletableFuture<T> running(Step<T> begun) {
      statement = begun;
      return begun;
    }

    CompletableFuture<Void> closeAsync() {
      journal.add("closing");
      return closeError == null ? step("closed", () -> null) : failedFuture(closeError);
    }
  }

  /** A future of its own: cancelling it doesn't stop the step. */
  private static final class Step<T> extends CompletableFuture<T> {
    private volatile boolean over;
  }

  private <T> Step<T> step(String event, Supplier<T> result) {
    var step = new Step<T>();
    Async.sleepAsync(STEP)
        .thenRun(() -> {
          if (!step.over) {
            step.over = true;
            journal.add(event);
            step.complete(result.get());
          }
        });
    return step;
  }

  private void stop(Step<?> step) {
    if (!step.over) {
      step.over = true;
      journal.add("statement stopped");
      step.completeExceptionally(new IllegalStateException("statement stopped"));
    }
  }
}
