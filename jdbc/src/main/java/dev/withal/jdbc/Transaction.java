package dev.withal.jdbc;

import dev.withal.AsyncContext;
import dev.withal.AsyncContextManager;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import dev.withal.database.Bounds;
import dev.withal.jdbc.TransactionException.Outcome;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A transaction on one connection.
 *
 * <p>Design: a commit that fails is followed by a rollback, so that nothing stays open, also where
 * the answer was lost: then that changes nothing, or undoes what was not committed. The connection
 * is put back as it was only if the transaction is over: to turn auto-commit on would commit what
 * could not be rolled back.
 */
final class Transaction implements AsyncContext<Connection> {
  private final Session session;
  private final Scope scope;
  private final Before before;
  private final GuardedConnection value;

  /**
   * How the connection was before the transaction. To ask for the isolation level may cost an
   * exchange with the server, so it is done only if the transaction has one of its own.
   */
  private record Before(
      boolean autoCommit, @Nullable Integer isolation, @Nullable Boolean readOnly) {

    /** Sets the connection up for a transaction. {@return how it was} */
    static Before begin(Connection connection, TransactionOptions options) throws SQLException {
      IsolationLevel level = options.level();
      var before =
          new Before(
              connection.getAutoCommit(),
              level == null ? null : connection.getTransactionIsolation(),
              options.isReadOnly() ? connection.isReadOnly() : null);
      if (level != null) {
        connection.setTransactionIsolation(level.code());
      }
      if (options.isReadOnly()) {
        connection.setReadOnly(true);
      }
      connection.setAutoCommit(false);
      return before;
    }

    void restore(Connection connection) throws SQLException {
      if (connection.getAutoCommit() != autoCommit) {
        connection.setAutoCommit(autoCommit);
      }
      if (isolation != null) {
        connection.setTransactionIsolation(isolation);
      }
      if (readOnly != null) {
        connection.setReadOnly(readOnly);
      }
    }
  }

  private Transaction(Session session, Before before, String name) {
    this.session = session;
    this.before = before;
    this.scope = new Scope(name, session);
    this.value = new GuardedConnection(session, scope, GuardedConnection.Kind.TRANSACTION);
  }

  /**
   * {@return a manager of a transaction, or of a savepoint on a connection in one}
   *
   * @param executor where the driver is called, if the connection is none of ours
   */
  static AsyncContextManager<Connection> manager(
      Connection connection, String name, TransactionOptions options, Executor executor) {
    GuardedConnection outer = GuardedConnection.of(connection);
    if (outer == null) {
      return () ->
          begin(new Session(new Physical(connection), executor, Bounds.DEFAULT), name, options);
    }
    if (outer.isTransaction()) {
      return Savepoint.manager(outer, options);
    }
    return () -> {
      outer.scope().requireOpen();
      return begin(outer.session(), name, options);
    };
  }

  private static CompletionStage<Transaction> begin(
      Session session, String name, TransactionOptions options) {
    return Ending.ofBegin(
        session,
        name,
        Calls.start(name, session.executor(), () -> beginHere(session, name, options)));
  }

  /** Begins on the calling thread; blocks. */
  static Transaction beginHere(Session session, String name, TransactionOptions options)
      throws TransactionException {
    if (!session.enterTransaction()) {
      throw new IllegalStateException(
          "this connection is in a transaction already: use the connection that the transaction's"
              + " body is given, on which another one is a savepoint");
    }
    try {
      return new Transaction(session, Before.begin(session.connection(), options), name);
    } catch (Throwable error) {
      session.leaveTransaction();
      session.doom();
      throw new TransactionException(
          name, "the transaction could not begin", error, Outcome.NOT_COMMITTED);
    }
  }

  @Override
  public Connection value() {
    return value.proxy();
  }

  @Override
  public CompletionStage<Verdict> exitAsync(ExitCase how) {
    return Ending.of(
        session,
        name(),
        close(how).thenCompose(_ -> Calls.startSurely(session.executor(), () -> end(how))),
        session::leaveTransaction);
  }

  String name() {
    return scope.name();
  }

  /** {@return what completes when the body uses the connection no more} */
  CompletableFuture<@Nullable Void> close(ExitCase how) {
    return scope.close(how);
  }

  /** Ends on the calling thread; blocks. */
  Verdict end(ExitCase how) throws SQLException {
    session.heed(how);
    // The last one runs first.
    try (Step _ = session::leaveTransaction;
        Step _ = scope::closeStatements) {
      if (session.isAborted()) {
        return aborted(how);
      }
      if (how.error() == null) {
        commit();
      } else {
        rollback();
      }
      restore();
      return Verdict.PROPAGATE;
    }
  }

  /** The server rolls back when it sees the connection closed. */
  private Verdict aborted(ExitCase how) throws TransactionException {
    if (how.error() == null) {
      throw new TransactionException(
          scope.name(),
          "nothing is committed",
          new SQLException(
              "a statement didn't end in time, so the connection was aborted", "08006"),
          Outcome.NOT_COMMITTED);
    }
    return Verdict.PROPAGATE;
  }

  private void commit() throws SQLException {
    TransactionException refusal = session.refusal(scope.name());
    if (refusal != null) {
      throw afterRollback(refusal);
    }
    try {
      session.connection().commit();
    } catch (Throwable error) {
      throw afterRollback(commitFailure(error));
    }
  }

  private TransactionException commitFailure(Throwable cause) {
    Outcome outcome = TransactionException.outcomeOf(cause);
    if (outcome == Outcome.UNKNOWN) {
      session.doom();
    }
    return new TransactionException(
        scope.name(),
        outcome == Outcome.UNKNOWN
            ? "the answer to the commit was lost, so whether it took effect is unknown: look at the"
                + " data before you try again"
            : "the commit failed, nothing is committed",
        cause,
        outcome);
  }

  private TransactionException afterRollback(TransactionException failure) {
    try {
      rollback();
      restore();
    } catch (SQLException error) {
      failure.addSuppressed(error);
    }
    return failure;
  }

  private void rollback() throws SQLException {
    if (session.isAborted()) {
      return;
    }
    try {
      session.connection().rollback();
    } catch (Throwable error) {
      session.doom();
      throw new TransactionException(
          scope.name(),
          "the rollback failed; the server rolls back when it sees the connection closed",
          error,
          Outcome.NOT_COMMITTED);
    }
  }

  private void restore() throws SQLException {
    if (session.isAborted()) {
      return;
    }
    try {
      before.restore(session.connection());
    } catch (Throwable error) {
      session.doom();
      throw new SQLException(
          scope.name()
              + ": the transaction is over, but the connection could not be put back as it was: "
              + error.getMessage(),
          error);
    }
  }
}
