package dev.withal.jdbc;

import dev.withal.database.internal.Bound;
import java.sql.SQLTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Begins or ends something on a connection within a bound.
 *
 * <p>Design: past its bound the connection is aborted, which makes the call to the driver fail. The
 * outcome of the call is reported by its caller. A driver that ignores the abort is left alone.
 */
final class Ending {
  private Ending() {}

  /**
   * {@return the stage of an exit, which completes within its bound}
   *
   * @param context the name of the context, for messages
   * @param abandoned an action that runs if the driver ignores the abort
   */
  static <R extends @Nullable Object> CompletionStage<R> of(
      Session session, String context, CompletableFuture<R> exit, Runnable abandoned) {
    return within(session.bounds().exit(), session, context, "the exit", exit, abandoned);
  }

  /**
   * {@return the stage of an enter on an open connection, which completes within its bound}
   *
   * @param context the name of the context, for messages
   */
  static <R extends @Nullable Object> CompletionStage<R> ofBegin(
      Session session, String context, CompletableFuture<R> enter) {
    return within(session.bounds().connect(), session, context, "the begin", enter, () -> {});
  }

  private static <R extends @Nullable Object> CompletionStage<R> within(
      Duration limit,
      Session session,
      String context,
      String what,
      CompletableFuture<R> call,
      Runnable abandoned) {
    return Bound.within(
        limit,
        call,
        session::abort,
        () -> {
          abandoned.run();
          var lost =
              new SQLTimeoutException(
                  context
                      + ": "
                      + what
                      + " didn't end within "
                      + limit
                      + ", nor when the connection was aborted after that; the server"
                      + " rolls back uncommitted work",
                  "08006");
          // MariaDB's driver ignores it at times: its abort waits for another connection first.
          return session.inTransaction().isCommitting()
              ? Transaction.answerLost(context, lost)
              : lost;
        });
  }
}
