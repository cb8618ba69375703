package dev.withal.jdbc;

import dev.withal.AsyncContext;
import dev.withal.AsyncContextManager;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A connection for as long as one context has it.
 *
 * <p>Design: giving up while the connection is being acquired doesn't cancel that. The call to the
 * data source continues, and the connection is given back when it arrives. A connection that its
 * pool lent a moment ago is lent again without asking a server, so a caller in direct style takes
 * it on its own thread, and gives it back there if nothing has to be put in order.
 */
final class Lease implements AsyncContext<Connection> {
  private final Loan loan;
  private final Scope scope;
  private final GuardedConnection value;
  private final @Nullable Thread waiting;

  private Lease(Loan loan, String context, @Nullable Thread waiting) {
    Session session = loan.session();
    this.loan = loan;
    this.waiting = waiting;
    this.scope = new Scope(context, session);
    this.value = new GuardedConnection(session, scope, GuardedConnection.Kind.LEASE);
  }

  /**
   * {@return a manager of a source's connections}
   *
   * @param context the name of the context, for messages
   * @param blocked the thread that waits for enter and exit, and may run them; null if no thread is
   *     known to
   */
  static AsyncContextManager<Connection> manager(
      Source source, Where where, String context, @Nullable Thread blocked) {
    return new Manager(source, where, context, blocked);
  }

  private record Manager(Source source, Where where, String context, @Nullable Thread blocked)
      implements AsyncContextManager<Connection> {
    @Override
    public CompletionStage<Lease> enterAsync() {
      CompletionStage<Lease> here =
          Thread.currentThread() == blocked
              ? Taking.here(
                  source, where, ignored -> true, loan -> new Lease(loan, context, blocked))
              : null;
      return here != null
          ? here
          : Taking.start(source, context, where, loan -> new Lease(loan, context, blocked));
    }

    @Override
    public String toString() {
      return context;
    }
  }

  @Override
  public Connection value() {
    return value.proxy();
  }

  @Override
  public CompletionStage<Verdict> exitAsync(ExitCase how) {
    loan.exits();
    loan.session().heed(how);
    CompletableFuture<?> quiet = scope.close(how);
    if (quiet.isDone() && loan.endsAtOnce() && !scope.hasStatements()) {
      return Calls.startSurely(Runnable::run, this::end);
    }
    return loan.inTime(scope.name(), quiet, waiting, this::end);
  }

  private Verdict end() throws SQLException {
    // The last one runs first.
    try (Step ignored = loan::end;
        Step unused = scope::closeStatements) {
      return Verdict.PROPAGATE;
    }
  }
}
