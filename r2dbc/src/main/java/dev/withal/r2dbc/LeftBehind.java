package dev.withal.r2dbc;

import dev.withal.Async;
import io.r2dbc.postgresql.api.PostgresqlConnection;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.Wrapped;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;

/**
 * Makes the server drop a statement that a cancelled body has left behind.
 *
 * <p>Design: R2DBC has no call for it. A driver to which a subscription is cancelled reads the rest
 * and drops it, and what is asked next waits in line behind a statement that may take hours. So the
 * exit asks first, which costs nothing if nothing runs, and only if no answer comes soon it uses
 * what the driver has of its own. PostgreSQL's has a cancel request. It may hit what the exit asked
 * for instead of the statement; then that fails, and the connection is thrown away.
 */
final class LeftBehind {
  private static final Duration SOON = Duration.ofMillis(100);

  private LeftBehind() {}

  /**
   * {@return a stage of the same answer, for which a statement before it is stopped if need be}
   *
   * @param answer the end of what was asked for behind the statement
   */
  static <T extends @Nullable Object> CompletionStage<T> stop(
      Connection connection, CompletableFuture<T> answer) {
    if (answer.isDone() || !isPostgresql(connection)) {
      return answer;
    }
    Publisher<Void> request = Postgresql.cancelRequest(connection);
    if (request == null) {
      return answer;
    }
    CompletableFuture<Void> soon = Async.sleepAsync(SOON);
    answer.whenComplete((_, _) -> soon.cancel(false));
    return soon.handle(
            (_, cancelled) -> cancelled == null ? Step.take(() -> request) : Failure.none())
        .thenCompose(asked -> asked)
        .handle((_, failure) -> failure)
        .thenCompose(failure -> failure == null ? answer : both(answer, failure));
  }

  /** {@return a stage of the answer, whose failure carries that of the request} */
  private static <T extends @Nullable Object> CompletionStage<T> both(
      CompletableFuture<T> answer, Throwable failure) {
    return answer.whenComplete((_, error) -> {
      if (error != null && error != failure) {
        error.addSuppressed(failure);
      }
    });
  }

  private static boolean isPostgresql(Connection connection) {
    return connection.getMetadata().getDatabaseProductName().equals("PostgreSQL");
  }

  /** Apart, since the driver need not be there. */
  private static final class Postgresql {
    static @Nullable Publisher<Void> cancelRequest(Connection connection) {
      Connection at = connection;
      while (at instanceof Wrapped<?> wrapped && wrapped.unwrap() instanceof Connection inner) {
        at = inner;
      }
      return at instanceof PostgresqlConnection postgresql ? postgresql.cancelRequest() : null;
    }
  }
}
