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
 * A transaction and the connection that is taken for it alone.
 *
 * <p>Design: the connection is around the transaction, as if one were entered inside of the other.
 * But both are begun by one call on the executor, and ended by one, since each call costs two
 * switches between threads; and who waits in direct style begins on its own thread, where that asks
 * no server.
 */
record LeasedTransaction(Loan loan, Transaction transaction) implements AsyncContext<Connection> {

  /**
   * {@return a manager of transactions on a source's connections}
   *
   * @param context what messages call it
   * @param blocked the thread that waits for the enter, which may be done on it; null if no thread
   *     is known to
   */
  static AsyncContextManager<Connection> manager(
      Source source,
      Executor executor,
      String context,
      @Nullable Thread blocked,
      TransactionOptions options) {
    return () -> {
      CompletionStage<LeasedTransaction> here =
          Thread.currentThread() == blocked && options.isPlain()
              ? Taking.here(
                  source, executor, Physical::beginsUnasked, loan -> begin(loan, context, options))
              : null;
      return here != null
          ? here
          : Taking.start(source, context, executor, loan -> begin(loan, context, options));
    };
  }

  private static LeasedTransaction begin(Loan loan, String context, TransactionOptions options)
      throws SQLException {
    try {
      return new LeasedTransaction(loan, Transaction.beginHere(loan.session(), context, options));
    } catch (Throwable error) {
      try (Step _ = loan::end) {
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
    return loan.inTime(
        transaction.name(),
        transaction
            .close(how)
            .thenCompose(_ -> Calls.startSurely(loan.session().executor(), () -> end(how))));
  }

  private Verdict end(ExitCase how) throws SQLException {
    try (Step _ = loan::end) {
      return transaction.end(how);
    }
  }
}
