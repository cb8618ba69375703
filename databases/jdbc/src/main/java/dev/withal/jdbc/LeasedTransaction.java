package dev.withal.jdbc;

import dev.withal.AsyncContext;
import dev.withal.AsyncContextManager;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A transaction together with the connection that is taken for it alone.
 *
 * <p>Design: the connection encloses the transaction, as if the one were entered inside the other.
 * But one call on the executor begins both, and one ends both, since each call costs two switches
 * between threads. A caller that waits in direct style begins on its own thread if that asks no
 * server.
 */
record LeasedTransaction(Loan loan, Transaction transaction, @Nullable Thread waiting)
    implements AsyncContext<Connection> {

  /**
   * {@return a manager of transactions on a source's connections}
   *
   * @param context the name of the context, for messages
   * @param blocked the thread that waits for enter and exit, and may run them; null if no thread is
   *     known to
   */
  static AsyncContextManager<Connection> manager(
      Source source,
      Where where,
      String context,
      @Nullable Thread blocked,
      TransactionOptions options) {
    return () -> {
      CompletionStage<LeasedTransaction> here =
          Thread.currentThread() == blocked && options.isPlain()
              ? Taking.here(
                  source,
                  where,
                  Physical::beginsUnasked,
                  loan -> begin(loan, context, blocked, options))
              : null;
      return here != null
          ? here
          : Taking.start(source, context, where, loan -> begin(loan, context, blocked, options));
    };
  }

  private static LeasedTransaction begin(
      Loan loan, String context, @Nullable Thread waiting, TransactionOptions options)
      throws SQLException {
    try {
      return new LeasedTransaction(
          loan, Transaction.beginHere(loan.session(), context, options), waiting);
    } catch (Throwable error) {
      try (Step ignored = loan::end) {
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
    loan.exits();
    return loan.inTime(transaction.name(), transaction.close(how), waiting, () -> end(how));
  }

  private Verdict end(ExitCase how) throws SQLException {
    Verdict verdict;
    try {
      verdict = transaction.end(how);
    } catch (Throwable error) {
      try (Step ignored = loan::end) {
        throw error;
      }
    }
    try {
      loan.end();
    } catch (SQLException error) {
      throw new AfterTransactionException(
          transaction.name(), "its connection could not be given back", error);
    }
    return verdict;
  }
}
