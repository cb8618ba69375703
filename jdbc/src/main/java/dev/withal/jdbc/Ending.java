package dev.withal.jdbc;

import dev.withal.database.internal.Bound;
import java.sql.SQLTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * What begins or ends something on a connection, and doesn't take longer than it may.
 *
 * <p>Design: past its bound the connection is aborted, which makes the call to the driver fail:
 * what the call did is told by whoever made it. A driver that takes no notice is left alone.
 */
final class Ending {
  private Ending() {}

  /**
   * {@return the stage of an exit, which ends in time}
   *
   * @param context whose it is, for messages
   * @param abandoned what is done if the driver takes no notice
   */
  static <R extends @Nullable Object> CompletionStage<R> of(
      Session session, String context, CompletableFuture<R> exit, Runnable abandoned) {
    return within(session.bounds().exit(), session, context + ": the exit", exit, abandoned);
  }

  /**
   * {@return the stage of an enter on a connection that is there, which ends in time}
   *
   * @param context whose it is, for messages
   */
  static <R extends @Nullable Object> CompletionStage<R> ofBegin(
      Session session, String context, CompletableFuture<R> enter) {
    return within(session.bounds().connect(), session, context + ": the begin", enter, () -> {});
  }

  private static <R extends @Nullable Object> CompletionStage<R> within(
      Duration limit, Session session, String what, CompletableFuture<R> call, Runnable abandoned) {
    return Bound.within(
        limit,
        call,
        session::abort,
        () -> {
          abandoned.run();
          return new SQLTimeoutException(
              what
                  + " didn't end within "
                  + limit
                  + ", nor when the connection was aborted after that; the server rolls back what"
                  + " isn't committed",
              "08006");
        });
  }
}
