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
import org.jspecify.annotations.Nullable;

/**
 * A transaction on one connection.
 *
 * <p>Design: a failed commit is followed by a rollback, so that nothing stays open. That includes a
 * commit whose answer was lost: the rollback then either changes nothing or undoes uncommitted
 * work. The connection is restored only if the transaction is over, since turning auto-commit on
 * would commit work that could not be rolled back.
 */
final class Transaction implements AsyncContext<Connection> {
  private final Session session;
  private final Scope scope;
  private final Before before;
  private final GuardedConnection value;

  private Transaction(Session session, Scope scope, Before before) {
    this.session = session;
    this.before = before;
    this.scope = scope;
    this.value = new GuardedConnection(session, scope, GuardedConnection.Kind.TRANSACTION);
  }

  /**
   * {@return a manager of a transaction, or of a savepoint on a connection in one}
   *
   * @param where where the driver is called if the connection isn't ours
   */
  static AsyncContextManager<Connection> manager(
      Connection connection, String name, TransactionOptions options, Where where) {
    GuardedConnection outer = GuardedConnection.of(connection);
    if (outer == null) {
      return () ->
          begin(new Session(new Physical(connection), where, Bounds.DEFAULT), null, name, options);
    }
    if (outer.isTransaction()) {
      return Savepoint.manager(outer, options);
    }
    return () -> begin(outer.session(), outer.scope(), name, options);
  }

  private static CompletionStage<Transaction> begin(
      Session session, @Nullable Scope outer, String name, TransactionOptions options) {
    return Ending.ofBegin(
        session,
        name,
        Calls.start(
            name,
            session.executor(),
            () ->
                outer == null
                    ? beginHere(session, name, options)
                    : outer.enter(() -> beginHere(session, outer.inside(name), options))));
  }

  /** Begins on the calling thread; blocks. */
  static Transaction beginHere(Session session, String name, TransactionOptions options)
      throws TransactionException {
    return beginHere(session, new Scope(name, session), options);
  }

  private static Transaction beginHere(Session session, Scope scope, TransactionOptions options)
      throws TransactionException {
    if (!session.enterTransaction()) {
      throw new IllegalStateException(
          "this connection is already in a transaction: use the connection that the"
              + " transaction's body was given, on which a further transaction is a savepoint");
    }
    try {
      session.physical().beyond().beginning();
      return new Transaction(session, scope, Before.begin(session.connection(), options));
    } catch (Throwable error) {
      session.leaveTransaction();
      session.doom();
      throw new TransactionException(
          scope.name(), "the transaction could not begin", error, Outcome.NOT_COMMITTED);
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
        close(how)
            .thenCompose(ignored ->
                Calls.startSurely(
                    session.executor(), () -> scope.exit(() -> end(how), () -> outlived(how)))),
        session::leaveTransaction);
  }

  String name() {
    return scope.name();
  }

  /** {@return a future that completes when the body doesn't use the connection any more} */
  CompletableFuture<@Nullable Void> close(ExitCase how) {
    return scope.close(how);
  }

  /** Ends on the calling thread; blocks. */
  Verdict end(ExitCase how) throws SQLException {
    session.heed(how);
    // The last one is closed first.
    try (Step ignored = session::leaveTransaction;
        Step unused = scope::closeStatementsAfterTransaction) {
      if (session.isAborted()) {
        scope.forgetNested();
        return aborted(how);
      }
      if (how.error() == null) {
        commit();
      } else {
        // Guard against race with a user who closes the connection: that sends nothing afterwards.
        scope.forgetNested();
        undo();
      }
      restore();
      return Verdict.PROPAGATE;
    }
  }

  /** The connection was discarded, which rolled back. */
  private Verdict outlived(ExitCase how) throws TransactionException {
    scope.forgetNested();
    if (how.error() == null) {
      throw new TransactionException(
          scope.name(),
          "nothing is committed",
          new SQLException("the context that had the connection ended before", "25000"),
          Outcome.NOT_COMMITTED);
    }
    return Verdict.PROPAGATE;
  }

  /** The server rolls back when it sees that the connection is closed. */
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
    rollBackNested();
    TransactionException refusal = refusal();
    if (refusal != null) {
      throw afterRollback(refusal);
    }
    session.inTransaction().commits();
    try {
      session.connection().commit();
      session.inTransaction().knowsOutcome();
    } catch (Throwable error) {
      throw afterRollback(commitFailure(error));
    }
  }

  /** Rolls back, and says so if some of the work may have been committed before. */
  private void undo() throws SQLException {
    TransactionException ended = session.endedByHand(scope.name());
    if (ended != null) {
      throw afterRollback(ended);
    }
    rollback();
  }

  private @Nullable TransactionException refusal() throws SQLException {
    try {
      return session.refusal(scope.name());
    } catch (SQLException error) {
      return new TransactionException(
          scope.name(),
          "nothing is committed, as the state of the transaction could not be read",
          error,
          session.outcome());
    }
  }

  private void rollBackNested() throws SQLException {
    try {
      scope.rollBackNested();
    } catch (SQLException error) {
      throw afterRollback(
          new TransactionException(
              scope.name(),
              "nothing is committed, as a transaction inside it was not ended and could not be"
                  + " rolled back",
              error,
              session.outcome()));
    }
  }

  private TransactionException commitFailure(Throwable cause) {
    if (TransactionException.outcomeOf(cause) == Outcome.UNKNOWN) {
      session.doom();
      return answerLost(scope.name(), cause);
    }
    session.inTransaction().knowsOutcome();
    return new TransactionException(
        scope.name(), "the commit failed, nothing is committed", cause, Outcome.NOT_COMMITTED);
  }

  /** {@return the error for a commit of which nobody knows whether it took effect} */
  static TransactionException answerLost(String name, Throwable cause) {
    return new TransactionException(
        name,
        "the answer to the commit was lost, so whether it took effect is unknown: check"
            + " the data before trying again",
        cause,
        Outcome.UNKNOWN);
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
      throw new AfterTransactionException(
          scope.name(), "the connection could not be restored", error);
    }
  }
}
