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
    CompletableFuture<Integer> countAsync(String table) {
      if (countError != null) {
        throw countError;
      }
      return step("counted " + table, () -> 3);
    }

    CompletableFuture<Void> executeAsync(String statement) {
      return step(statement, () -> null);
    }

    CompletableFuture<Void> closeAsync() {
      journal.add("closing");
      return closeError == null ? step("closed", () -> null) : failedFuture(closeError);
    }
  }

  /** A future of its own: to cancel it doesn't stop the step. */
  private <T> CompletableFuture<T> step(String event, Supplier<T> result) {
    var done = new CompletableFuture<T>();
    Async.sleepAsync(STEP)
        .thenRun(() -> {
          journal.add(event);
          done.complete(result.get());
        });
    return done;
  }
}
