package dev.withal.examples.ingest;

import static java.util.Objects.requireNonNull;

import dev.withal.Async;
import dev.withal.AsyncContextManager;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import dev.withal.leases.Lease;
import dev.withal.leases.postgresql.R2dbcLeases;
import dev.withal.r2dbc.Pool;
import dev.withal.r2dbc.R2dbc;
import io.r2dbc.spi.Connection;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A turn that no other process has at the same time.
 *
 * <p>A lease can be lost without a word, as the process is stopped. If the rows go into the very
 * database that keeps the lease, the transaction is fenced: the lease is granted to nobody before
 * that has ended. Otherwise the lease is looked at right before each step that can't be taken back.
 *
 * @param lease the lease
 * @param store connections to the database that keeps it; null if it is none
 * @param idle for how long a transaction may hear nothing of this process
 */
record LeasedTurn(Lease lease, @Nullable Pool store, Duration idle) implements Turn {

  /**
   * Asks a database for an answer that no other one gives, as long as its server runs; that doesn't
   * depend on how an address is spelt.
   */
  private static final String PLACE =
      "SELECT concat_ws(' ', extract(epoch FROM pg_postmaster_start_time()), current_database())";

  @Override
  public boolean isExclusive() {
    return true;
  }

  @Override
  public AsyncContextManager<Connection> transaction(Connection connection)
      throws InterruptedException {
    AsyncContextManager<Connection> transaction = R2dbc.transaction(connection);
    if (!isFenced(connection)) {
      return transaction;
    }
    // Or a process that is stopped, or a machine that is cut off, would keep all others waiting.
    Async.await(
        R2dbc.rowsUpdated(
            connection
                .createStatement("SET idle_in_transaction_session_timeout = " + idle.toMillis())
                .execute()));
    return R2dbcLeases.fenced(transaction, lease);
  }

  private boolean isFenced(Connection connection) throws InterruptedException {
    if (store == null || !Database.isPostgresql(connection)) {
      return false;
    }
    String kept = store.connection("leases").use(LeasedTurn::place);
    return kept.equals(place(connection));
  }

  private static String place(Connection connection) throws InterruptedException {
    return Async.await(
            R2dbc.list(
                connection.createStatement(PLACE).execute(),
                row -> requireNonNull(row.get(0, String.class))))
        .getFirst();
  }

  @Override
  public Verdict requireTurn(ExitCase how) {
    if (how.error() == null) {
      lease.token();
    }
    return Verdict.PROPAGATE;
  }
}
