package dev.withal.jdbc;

import dev.withal.AsyncContext;
import dev.withal.AsyncContextManager;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import dev.withal.jdbc.TransactionException.Outcome;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.concurrent.CompletionStage;

/** A transaction inside another one: what its body did can be undone alone. */
final class Savepoint implements AsyncContext<Connection> {
  private final Session session;
  private final Scope scope;
  private final java.sql.Savepoint savepoint;
  private final GuardedConnection value;

  private Savepoint(Session session, Scope scope, java.sql.Savepoint savepoint) {
    this.session = session;
    this.scope = scope;
    this.savepoint = savepoint;
    this.value = new GuardedConnection(session, scope, GuardedConnection.Kind.TRANSACTION);
  }

  static AsyncContextManager<Connection> manager(
      GuardedConnection outer, TransactionOptions options) {
    if (!options.isPlain()) {
      throw new IllegalArgumentException(
          outer.scope().name()
              + " has begun, and one inside it is a savepoint, which has no isolation level and the"
              + " like of its own: leave them out");
    }
    String name = options.nameOr(outer.scope().name() + ", savepoint");
    return () -> {
      outer.scope().requireOpen();
      Session session = outer.session();
      return Ending.ofBegin(
          session, name, Calls.start(name, session.executor(), () -> set(session, name)));
    };
  }

  private static Savepoint set(Session session, String name) throws TransactionException {
    try {
      return new Savepoint(
          session,
          new Scope(name, session),
          session.connection().setSavepoint(session.nextSavepoint()));
    } catch (SQLException error) {
      throw failed(name, "the savepoint could not be set", error);
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
        scope.name(),
        scope.close(how).thenCompose(_ -> Calls.startSurely(session.executor(), () -> end(how))),
        () -> {});
  }

  private Verdict end(ExitCase how) throws SQLException {
    session.heed(how);
    try (Step _ = scope::closeStatements) {
      if (session.isAborted()) {
        // The server rolls all of it back when it sees the connection closed.
        return Verdict.PROPAGATE;
      }
      if (how.error() != null) {
        rollback();
      }
      release();
      return Verdict.PROPAGATE;
    }
  }

  private void rollback() throws TransactionException {
    try {
      session.connection().rollback(savepoint);
    } catch (SQLException error) {
      session.doom();
      throw failed(scope.name(), "the rollback to the savepoint failed", error);
    }
  }

  private void release() throws TransactionException {
    try {
      session.connection().releaseSavepoint(savepoint);
    } catch (SQLFeatureNotSupportedException _) {
      // Oracle and SQL Server know no release: there a savepoint ends with its transaction.
    } catch (SQLException error) {
      throw failed(scope.name(), "the savepoint could not be released", error);
    }
  }

  private static TransactionException failed(String name, String what, SQLException error) {
    return new TransactionException(name, what, error, Outcome.NOT_COMMITTED);
  }
}
