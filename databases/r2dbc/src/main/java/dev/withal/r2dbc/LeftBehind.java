package dev.withal.r2dbc;

import dev.withal.Async;
import dev.withal.database.internal.Bound;
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
 * <p>Design: R2DBC has no call for it. A driver whose subscription is cancelled reads and drops the
 * remaining results, and the next request waits in line behind a statement that may take hours. So
 * the exit first makes its own request, which costs nothing if no statement runs. Only if no answer
 * comes soon, it uses the driver's own means: PostgreSQL's has a cancel request. The request may
 * arrive before the statement and be lost, so it is repeated. It may hit the exit's own request
 * instead of the statement; then that fails, and the connection is discarded.
 *
 * <p>If none of that helps, the connection is closed by force. The answer is passed on when no
 * request is under way any more that could hit a later statement, or when the connection was
 * closed.
 *
 * @param <T> the type of the answer
 */
final class LeftBehind<T extends @Nullable Object> {
  private static final Duration SOON = Duration.ofMillis(100);

  private final CompletableFuture<T> answer;
  private final @Nullable Publisher<Void> request;
  private final CompletableFuture<@Nullable Void> aborted = new CompletableFuture<>();
  private volatile @Nullable Throwable requestFailure;

  private LeftBehind(CompletableFuture<T> answer, @Nullable Publisher<Void> request) {
    this.answer = answer;
    this.request = request;
  }

  /**
   * {@return a stage of the same answer, for which a previous statement is stopped if necessary}
   *
   * @param answer the end of the request behind the statement
   */
  static <T extends @Nullable Object> CompletionStage<T> stop(
      PhysicalConnection connection, CompletableFuture<T> answer) {
    if (answer.isDone()) {
      return answer;
    }
    var left =
        new LeftBehind<>(
            answer, isPostgresql(connection) ? Postgresql.cancelRequest(connection) : null);
    return Bound.within(
        connection.bounds().cancel(),
        left.stopped().thenCompose(ignored -> left.told()).toCompletableFuture(),
        () -> {
          connection.abort();
          left.aborted.complete(null);
        },
        PhysicalConnection::closedByForce);
  }

  /** {@return a stage that completes when there is an answer and no request is under way} */
  private CompletionStage<?> stopped() {
    if (request == null) {
      return answer.handle((ignored, unused) -> null);
    }
    CompletableFuture<Void> soon = Async.sleepAsync(SOON);
    answer.whenComplete((ignored, unused) -> soon.cancel(false));
    return soon.handle((ignored, unused) -> answer.isDone() ? Failure.none() : requested(request))
        .thenCompose(stopped -> stopped);
  }

  private CompletionStage<?> requested(Publisher<Void> cancelRequest) {
    CompletableFuture<?> sent =
        Step.take(() -> cancelRequest)
            .handle((ignored, failure) -> {
              requestFailure = failure;
              return null;
            });
    return CompletableFuture.anyOf(sent, aborted)
        .thenCompose(
            ignored -> aborted.isDone() ? answer.handle((unused, ignoredToo) -> null) : stopped());
  }

  /** {@return the answer, whose failure carries that of the request} */
  private CompletableFuture<T> told() {
    return answer.whenComplete((ignored, error) -> {
      Throwable failure = requestFailure;
      if (error != null && failure != null && error != failure) {
        error.addSuppressed(failure);
      }
    });
  }

  private static boolean isPostgresql(PhysicalConnection connection) {
    return connection.getMetadata().getDatabaseProductName().equals("PostgreSQL");
  }

  /** A class of its own, since the driver need not be present. */
  private static final class Postgresql {
    static @Nullable Publisher<Void> cancelRequest(PhysicalConnection connection) {
      Connection at = connection;
      while (at instanceof Wrapped<?> wrapped && wrapped.unwrap() instanceof Connection inner) {
        at = inner;
      }
      return at instanceof PostgresqlConnection postgresql ? postgresql.cancelRequest() : null;
    }
  }
}
