package dev.withal.jdbc;

import dev.withal.AsyncContext;
import dev.withal.AsyncContextManager;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A connection for the time that one context has it.
 *
 * <p>Design: who gives up while it is being acquired doesn't cancel that. The call to the data
 * source goes on, and the connection is given back when it comes. A connection that its pool has
 * lent a moment ago is lent again without asking a server, so who waits for one in direct style
 * takes it on its own thread, and gives it back there if nothing is to be put in order.
 */
final class Lease implements AsyncContext<Connection> {
  private static final Executor HERE = Runnable::run;

  private final Loan loan;
  private final Scope scope;
  private final GuardedConnection value;

  private Lease(Loan loan, String context) {
    Session session = loan.session();
    this.loan = loan;
    this.scope = new Scope(context, session);
    this.value = new GuardedConnection(session, scope, GuardedConnection.Kind.LEASE);
  }

  /**
   * {@return a manager of a source's connections}
   *
   * @param context who has the connection, for messages
   * @param blocked the thread that waits for the enter, which may be done on it; null if no thread
   *     is known to
   */
  static AsyncContextManager<Connection> manager(
      Source source, Executor executor, String context, @Nullable Thread blocked) {
    return () -> {
      CompletionStage<Lease> here =
          Thread.currentThread() == blocked
              ? Taking.here(source, executor, _ -> true, loan -> new Lease(loan, context))
              : null;
      return here != null
          ? here
          : Taking.start(source, context, executor, loan -> new Lease(loan, context));
    };
  }

  @Override
  public Connection value() {
    return value.proxy();
  }

  @Override
  public CompletionStage<Verdict> exitAsync(ExitCase how) {
    return loan.inTime(
        scope.name(),
        scope.close(how).thenCompose(_ -> Calls.startSurely(executorOfEnd(how), this::end)));
  }

  private Executor executorOfEnd(ExitCase how) {
    Session session = loan.session();
    session.heed(how);
    return loan.endsAtOnce() && !scope.hasStatements() ? HERE : session.executor();
  }

  private Verdict end() throws SQLException {
    // The last one runs first.
    try (Step _ = loan::end;
        Step _ = scope::closeStatements) {
      return Verdict.PROPAGATE;
    }
  }
}
