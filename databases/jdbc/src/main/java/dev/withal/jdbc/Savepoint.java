package dev.withal.jdbc;

import dev.withal.AsyncContext;
import dev.withal.AsyncContextManager;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import dev.withal.jdbc.TransactionException.Outcome;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CompletionStage;

/**
 * A transaction inside another one, whose work can be undone alone.
 *
 * <p>Design: one that can't be kept is undone, so that the transaction around it goes on. A server
 * that aborted the transaction when a statement failed has done so up to the savepoint only.
 */
final class Savepoint implements AsyncContext<Connection> {
  private final Session session;
  private final Scope scope;
  private final Mark mark;
  private final GuardedConnection value;

  /** Whether a body has got the connection; one whose enter was given up never does. */
  private volatile boolean hadBody;

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
          session,
          name,
          Calls.start(name, session.executor(), () -> outer.scope().enter(() -> set(outer, name))));
    };
  }

  private static Savepoint set(GuardedConnection outer, String name) throws SQLException {
    outer.beforeCall();
    Session session = outer.session();
    try {
      return new Savepoint(session, outer.scope().inside(name), Mark.set(session));
    } catch (SQLException error) {
      throw new TransactionException(
          name, "the savepoint could not be set", error, Outcome.NOT_COMMITTED);
    }
  }

  @Override
  public Connection value() {
    hadBody = true;
    return value.proxy();
  }

  @Override
  public CompletionStage<Verdict> exitAsync(ExitCase how) {
    return Ending.of(
        session,
        scope.name(),
        scope
            .close(how)
            .thenCompose(ignored ->
                Calls.startSurely(
                    session.executor(), () -> scope.exit(() -> end(how), () -> outlived(how)))),
        () -> {});
  }

  private Verdict end(ExitCase how) throws SQLException {
    session.heed(how);
    try (Step ignored = scope::closeStatementsAfterTransaction) {
      if (how.error() != null || session.isAborted()) {
        scope.forgetNested();
      }
      if (session.isAborted()) {
        // The server rolls everything back when it sees that the connection is closed.
        return Verdict.PROPAGATE;
      }
      if (how.error() == null) {
        keep();
      } else if (!hadBody) {
        // What was done since is the work of the body around, which goes on.
        mark.forget();
      } else {
        rollback();
        release();
      }
      return Verdict.PROPAGATE;
    }
  }

  /** The work shared the fate of the transaction around, of which this exit doesn't know. */
  private Verdict outlived(ExitCase how) throws TransactionException {
    scope.forgetNested();
    if (how.error() == null) {
      throw new TransactionException(
          scope.name(),
          "its exit commits nothing",
          new SQLException(
              "the transaction around it ended before, and its work up to then may or may not be"
                  + " committed",
              "25000"),
          Outcome.UNKNOWN);
    }
    return Verdict.PROPAGATE;
  }

  /** Leaves the work to the transaction around this one. */
  private void keep() throws SQLException {
    try {
      rollBackNested();
      requireInnermost();
      TransactionException refusal = session.refusal(scope.name());
      if (refusal != null) {
        throw refusal;
      }
      release();
    } catch (TransactionException failure) {
      throw afterRollback(failure);
    }
  }

  private void requireInnermost() throws SQLException {
    if (!mark.isThere() || mark.hasInner()) {
      throw failed(
          "nothing of it is kept",
          new SQLException(
              mark.isThere()
                  ? "a transaction that was begun inside it is still open"
                  : "it was undone with a transaction around it",
              "3B001"));
    }
  }

  private TransactionException afterRollback(TransactionException failure) throws SQLException {
    try {
      rollback();
      release();
      return failure;
    } catch (TransactionException error) {
      // If the savepoint is gone, a statement may have committed the work.
      boolean isToldOf = failure.outcome() == error.outcome();
      TransactionException told = isToldOf ? failure : error;
      told.addSuppressed(isToldOf ? error : failure);
      return told;
    }
  }

  private void rollBackNested() throws SQLException {
    try {
      scope.rollBackNested();
    } catch (SQLException error) {
      throw failed("a transaction inside it was not ended and could not be rolled back", error);
    }
  }

  private void rollback() throws SQLException {
    try {
      mark.rollBack();
    } catch (SQLException error) {
      throw failed("the rollback to the savepoint failed", error);
    }
  }

  private void release() throws SQLException {
    try {
      mark.release();
    } catch (SQLException error) {
      throw failed("the savepoint could not be released", error);
    }
  }

  private TransactionException failed(String what, SQLException error) throws SQLException {
    return new TransactionException(scope.name(), what, error, session.outcome());
  }
}
