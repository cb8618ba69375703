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
 * A transaction and the connection that is there for it alone.
 *
 * <p>Design: it is a transaction inside of a lease, but both begin in one call on the executor, and
 * both end in one: to change threads costs more than either does beside its exchange with the
 * server.
 */
record LeasedTransaction(Lease lease, Transaction transaction) implements AsyncContext<Connection> {

  /**
   * {@return a manager of transactions on a source's connections}
   *
   * @param context what messages call it
   */
  static AsyncContextManager<Connection> manager(
      Source source, Executor executor, String context, TransactionOptions options) {
    return () ->
        Calls.start(executor, () -> begin(Lease.take(source, executor, context), context, options))
            .minimalCompletionStage();
  }

  private static LeasedTransaction begin(Lease lease, String context, TransactionOptions options)
      throws SQLException {
    try {
      return new LeasedTransaction(lease, Transaction.beginHere(lease.session(), context, options));
    } catch (Throwable error) {
      try (Step _ = () -> lease.end(ExitCase.of(error))) {
        throw error;
      }
    }
  }

  @Override
  public Connection value() {
    return transaction.value();
  }

  @Override
  public CompletionStage<Verdict> exitAsync(ExitCase how) {
    return transaction
        .close(how)
        .thenCompose(_ -> Calls.startSurely(lease.session().executor(), () -> end(how)));
  }

  private Verdict end(ExitCase how) throws SQLException {
    // The last one runs first.
    try (Step _ = () -> lease.end(how)) {
      return transaction.end(how);
    }
  }
}
