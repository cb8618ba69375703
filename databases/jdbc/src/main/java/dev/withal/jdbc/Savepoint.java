package dev.withal.jdbc;

import dev.withal.AsyncContext;
import dev.withal.AsyncContextManager;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import dev.withal.jdbc.TransactionException.Outcome;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CompletionStage;

/** A transaction inside another one, whose work can be undone alone. */
final class Savepoint implements AsyncContext<Connection> {
  private final Session session;
  private final Scope scope;
  private final Mark mark;
  private final GuardedConnection value;

  private Savepoint(Session session, Scope scope, Mark mark) {
    this.session = session;
    this.scope = scope;
    this.mark = mark;
    this.value = new GuardedConnection(session, scope, GuardedConnection.Kind.TRANSACTION);
  }

  static AsyncContextManager<Connection> manager(
      GuardedConnection outer, TransactionOptions options) {
    if (!options.isPlain()) {
      throw new IllegalArgumentException(
          outer.scope().name()
              + " has begun, and a transaction inside it is a savepoint, which has no"
              + " isolation level or other options of its own: leave them out");
    }
    String name = options.nameOr(outer.scope().name() + ", savepoint");
    return () -> {
      Session session = outer.session();
      return Ending.ofBegin(
          session, name, Calls.start(name, session.executor(), () -> set(outer, name)));
    };
  }

  private static Savepoint set(GuardedConnection outer, String name) throws SQLException {
    outer.scope().requireOpen();
    outer.beforeCall();
    Session session = outer.session();
    try {
      return new Savepoint(session, new Scope(name, session), Mark.set(session));
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
        scope
            .close(how)
            .thenCompose(ignored -> Calls.startSurely(session.executor(), () -> end(how))),
        () -> {});
  }

  private Verdict end(ExitCase how) throws SQLException {
    session.heed(how);
    try (Step ignored = scope::closeStatements) {
      if (how.error() != null || session.isAborted()) {
        scope.forgetNested();
      }
      if (session.isAborted()) {
        // The server rolls everything back when it sees that the connection is closed.
        return Verdict.PROPAGATE;
      }
      if (how.error() == null) {
        rollBackNested();
      } else {
        rollback();
      }
      release();
      return Verdict.PROPAGATE;
    }
  }

  private void rollBackNested() throws TransactionException {
    try {
      scope.rollBackNested();
    } catch (SQLException error) {
      throw failed(
          scope.name(),
          "a transaction inside it was not ended and could not be rolled back",
          error);
    }
  }

  private void rollback() throws TransactionException {
    try {
      mark.rollBack();
    } catch (SQLException error) {
      throw failed(scope.name(), "the rollback to the savepoint failed", error);
    }
  }

  private void release() throws TransactionException {
    try {
      mark.release();
    } catch (SQLException error) {
      throw failed(scope.name(), "the savepoint could not be released", error);
    }
  }

  private static TransactionException failed(String name, String what, SQLException error) {
    return new TransactionException(name, what, error, Outcome.NOT_COMMITTED);
  }
}
