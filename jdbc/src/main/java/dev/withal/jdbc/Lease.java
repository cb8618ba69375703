package dev.withal.jdbc;

import dev.withal.AsyncContext;
import dev.withal.AsyncContextManager;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * A connection for the time that one context has it.
 *
 * <p>Design: who gives up while it is being acquired doesn't cancel that. The call to the data
 * source goes on, and the connection is given back when it comes.
 */
final class Lease implements AsyncContext<Connection> {
  private final Source source;
  private final Session session;
  private final Scope scope;
  private final GuardedConnection value;

  private Lease(Source source, Session session, String context) {
    this.source = source;
    this.session = session;
    this.scope = new Scope(context, session.executor());
    this.value = new GuardedConnection(session, scope, GuardedConnection.Kind.LEASE);
  }

  /**
   * {@return a manager of a source's connections}
   *
   * @param context who has the connection, for messages
   */
  static AsyncContextManager<Connection> manager(Source source, Executor executor, String context) {
    return () ->
        Calls.start(executor, () -> take(source, executor, context)).minimalCompletionStage();
  }

  /** {@return a lease that begins now; blocks} */
  static Lease take(Source source, Executor executor, String context) throws SQLException {
    return new Lease(source, new Session(source.get(), executor), context);
  }

  Session session() {
    return session;
  }

  @Override
  public Connection value() {
    return value.proxy();
  }

  @Override
  public CompletionStage<Verdict> exitAsync(ExitCase how) {
    return scope
        .close(how)
        .thenCompose(_ -> {
          session.heed(how);
          return Calls.startSurely(
              endsAtOnce() ? Runnable::run : session.executor(), () -> end(how));
        });
  }

  /** {@return whether there is nothing to do but to give the connection back to its pool} */
  private boolean endsAtOnce() {
    return source.keeps() && !session.isDoomed() && !session.isAltered() && !scope.hasStatements();
  }

  /** Ends on the calling thread; blocks. */
  Verdict end(ExitCase how) throws SQLException {
    session.heed(how);
    // The last one runs first.
    try (Step _ = this::giveBack;
        Step _ = this::tidy;
        Step _ = scope::closeStatements) {
      return Verdict.PROPAGATE;
    }
  }

  /** Undoes what the body began by hand and left open: nobody has asked to commit it. */
  private void tidy() throws SQLException {
    Connection connection = session.connection();
    try {
      if (!session.isDoomed() && !connection.getAutoCommit()) {
        connection.rollback();
        connection.setAutoCommit(true);
      }
    } catch (Throwable error) {
      session.doom();
      throw error;
    }
  }

  private void giveBack() throws SQLException {
    if (session.isDoomed()) {
      source.discard(session.connection());
    } else {
      session.connection().close();
    }
  }
}
