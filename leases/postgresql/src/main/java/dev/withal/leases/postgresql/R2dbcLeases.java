package dev.withal.leases.postgresql;

import dev.withal.Async;
import dev.withal.AsyncContextManager;
import dev.withal.Verdict;
import dev.withal.leases.Lease;
import dev.withal.leases.Leases;
import dev.withal.leases.internal.EngineLeases;
import dev.withal.leases.internal.HeldLease;
import dev.withal.r2dbc.Pool;
import dev.withal.r2dbc.R2dbc;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/**
 * Leases as rows of a PostgreSQL database, asked by R2DBC.
 *
 * <p>They are the same as those of {@link JdbcLeases}, in the same table: a lease held through one
 * is unavailable through the other. The notes on table, clock, pool and failover there apply here
 * too.
 */
public final class R2dbcLeases {
  private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);

  private R2dbcLeases() {}

  /**
   * {@return leases with a timeout of 30 s}
   *
   * @param pool where the connections come from; stays the caller's
   */
  public static Leases over(Pool pool) {
    return over(pool, DEFAULT_TIMEOUT);
  }

  /**
   * {@return leases with a timeout, as from {@link JdbcLeases#over(dev.withal.jdbc.Pool,
   * Duration)}}
   *
   * @param pool where the connections come from; stays the caller's
   * @param timeout how long after its last proof a holder's lease is granted to another one
   * @throws IllegalArgumentException if the timeout is less than 0.2 s
   */
  public static Leases over(Pool pool, Duration timeout) {
    Objects.requireNonNull(pool, "pool");
    return new EngineLeases(new RowEngine(rows(pool), Objects.requireNonNull(timeout, "timeout")));
  }

  /**
   * {@return a manager of a transaction that commits only if a lease was held as it began, and
   * during which the lease is granted to nobody else} It is as from {@link JdbcLeases#fenced}.
   *
   * @param transaction a manager of transactions in the same database, such as {@link
   *     Pool#transaction()}
   * @param lease a lease of {@link R2dbcLeases} or {@link JdbcLeases}
   * @throws IllegalArgumentException if the lease is another engine's
   */
  public static AsyncContextManager<Connection> fenced(
      AsyncContextManager<Connection> transaction, Lease lease) {
    Objects.requireNonNull(transaction, "transaction");
    HeldLease held = RowEngine.ours(Objects.requireNonNull(lease, "lease"));
    return transaction.flatMap(connection ->
        AsyncContextManager.of(
            () -> fence(connection, held),
            (ignored, how) -> CompletableFuture.completedFuture(Verdict.PROPAGATE)));
  }

  /** {@return how statements run on a pool's connections} */
  static Rows rows(Pool pool) {
    return new R2dbcRows(pool);
  }

  private static CompletableFuture<Connection> fence(Connection connection, HeldLease lease) {
    return R2dbcRows.query(connection, Sql.FENCE, RowEngine.fenceParameters(lease), Long.class)
        .thenApply(found -> {
          RowEngine.requireFenced(lease, found);
          return connection;
        });
  }

  /** Statements by R2DBC, each on a connection of the pool; the calling thread waits. */
  private record R2dbcRows(Pool pool) implements Rows {
    @Override
    public <T> List<T> query(String sql, List<?> parameters, Class<T> type) throws Exception {
      return Async.<List<T>, Exception>await(
          pool.connection("lease")
              .<List<T>>useAsync(connection -> {
                Rows.requireAutoCommit(connection.isAutoCommit());
                return query(connection, sql, parameters, type);
              }));
    }

    static <T> CompletableFuture<List<T>> query(
        Connection connection, String sql, List<?> parameters, Class<T> type) {
      return R2dbc.list(
          bind(connection, sql, parameters).execute(),
          row -> Objects.requireNonNull(row.get(0, type)));
    }

    @Override
    public void update(String sql, List<?> parameters) throws Exception {
      Async.await(
          pool.connection("lease")
              .<Long>useAsync(connection -> {
                Rows.requireAutoCommit(connection.isAutoCommit());
                return R2dbc.rowsUpdated(bind(connection, sql, parameters).execute());
              }));
    }

    private static Statement bind(Connection connection, String sql, List<?> parameters) {
      Statement statement = connection.createStatement(sql);
      for (int i = 0; i < parameters.size(); i++) {
        statement.bind(i, parameters.get(i));
      }
      return statement;
    }

    @Override
    public boolean isNoTable(Exception failure) {
      return failure instanceof R2dbcException known && Sql.NO_TABLE.equals(known.getSqlState());
    }
  }
}
