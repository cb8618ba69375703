package dev.withal.r2dbc;

import dev.withal.database.internal.SqlDialect;
import dev.withal.database.internal.SqlState;
import dev.withal.r2dbc.TransactionException.Outcome;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.R2dbcNonTransientResourceException;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What the server's answers have revealed of the transaction that a session is in. */
final class Course {
  private final Connection driver;
  private final Supplier<SqlDialect> dialect;

  /** The server's answer to {@link SqlState#ROLLBACK_ON_TIMEOUT}; null if it wasn't asked. */
  private volatile @Nullable String rollbackOnTimeout;

  /** The error with which the server rolled back the whole transaction; null if it hasn't. */
  private volatile @Nullable R2dbcException rolledBackBy;

  /** The failure of a rollback to a savepoint, which leaves work that must not be committed. */
  private volatile @Nullable Throwable notUndone;

  /**
   * @param dialect reads the dialect from the driver
   */
  Course(Connection driver, Supplier<SqlDialect> dialect) {
    this.driver = driver;
    this.dialect = dialect;
  }

  /**
   * Records that a transaction is about to begin. The first time, asks MariaDB's server what a wait
   * for a lock that takes too long undoes, as its error doesn't say. {@return the stage of that}
   *
   * @param connection the driver's connection, or one in front of it
   */
  CompletableFuture<@Nullable Void> begins(Connection connection) {
    rolledBackBy = null;
    notUndone = null;
    if (rollbackOnTimeout != null || dialect.get() != SqlDialect.MARIADB) {
      return Failure.none();
    }
    return R2dbc.list(
            connection.createStatement(SqlState.ROLLBACK_ON_TIMEOUT).execute(),
            row -> Objects.requireNonNull(row.get(1, String.class)))
        .thenApply(values -> {
          rollbackOnTimeout = values.isEmpty() ? "" : values.getFirst();
          return null;
        });
  }

  /** Saves the error of a statement, which may be why the transaction can't commit. */
  void failedStatement(Throwable error) {
    if (rolledBackBy == null
        && error instanceof R2dbcException failure
        && SqlState.isRollback(
            failure.getSqlState(),
            failure.getErrorCode(),
            dialect.get(),
            Objects.requireNonNullElse(rollbackOnTimeout, ""))) {
      rolledBackBy = failure;
    }
  }

  /**
   * {@return the error for a further statement of a transaction that the server has rolled back;
   * null if it hasn't} The server would commit it alone: MariaDB's does.
   *
   * @param context the name of the context, for messages
   */
  @Nullable R2dbcException aborted(String context) {
    R2dbcException failure = rolledBackBy;
    return failure == null
        ? null
        : new R2dbcNonTransientResourceException(
            context
                + ": the server aborted the transaction when a statement failed, so this one isn't"
                + " run",
            "25P02",
            failure);
  }

  /** Records that work could not be undone, so that nothing may be committed. */
  void failedRollback(Throwable error) {
    notUndone = error;
  }

  /**
   * {@return why the transaction must not be committed; null if it may be}
   *
   * @param context the name of the context, for messages
   */
  @Nullable TransactionException refusal(String context) {
    R2dbcException failure = rolledBackBy;
    if (failure != null) {
      return TransactionException.of(
          context,
          "nothing is committed, as the server aborted the transaction when a statement failed",
          failure,
          Outcome.NOT_COMMITTED);
    }
    Throwable left = notUndone;
    return left == null
        ? null
        : TransactionException.of(
            context,
            "its exit commits nothing, as work inside it could not be undone",
            left,
            outcome());
  }

  /** {@return the outcome of work in the transaction that is not committed} */
  Outcome outcome() {
    // Where the driver doesn't say, a statement may have committed, which ends savepoints.
    return notUndone != null
            && rolledBackBy == null
            && (dialect.get() != SqlDialect.POSTGRESQL || driver.isAutoCommit())
        ? Outcome.UNKNOWN
        : Outcome.NOT_COMMITTED;
  }
}
