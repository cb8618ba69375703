package dev.withal.leases.postgresql;

import dev.withal.AsyncContext;
import dev.withal.AsyncContextManager;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import dev.withal.jdbc.Jdbc;
import dev.withal.jdbc.Pool;
import dev.withal.leases.Lease;
import dev.withal.leases.Leases;
import dev.withal.leases.internal.EngineLeases;
import dev.withal.leases.internal.HeldLease;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Leases as rows of a PostgreSQL database, asked by JDBC.
 *
 * <p>The rows are in a table {@code withal_lease}, which the first enter creates if it isn't there:
 *
 * <pre>{@code
 * CREATE TABLE IF NOT EXISTS withal_lease (
 *   key text PRIMARY KEY, name text NOT NULL, token bigint NOT NULL,
 *   holder text NOT NULL, until timestamptz NOT NULL)
 * }</pre>
 *
 * <p>A row stays for good, as its token must not begin anew; don't delete any. The clock of the
 * server decides, and no other: if it steps forward by a third of the timeout or more, a lease can
 * be granted while its holder still relies on it, and only {@linkplain #fenced fenced} work is safe
 * from that. Each enter that waits asks again every 40 to 80 ms, one for each name and process;
 * which process is next is chance.
 *
 * <p>Leases take connections from a pool: each statement takes one for its own time, and a lease
 * holds none. If the pool's connections are all in use for longer than half of the timeout, leases
 * are lost, so a pool of two connections for nothing but leases is best. At most three enters use
 * connections at the same time, and at most three exits, which share their statements: so a crowd
 * of either doesn't delay the proofs of leases that are held. The connections must be in
 * auto-commit mode: an enter fails with an {@link IllegalStateException} if they aren't.
 *
 * <p>A failover to a standby that hasn't received the last commits can grant a lease twice, with
 * the same token. The first holder is told at its next proof, and its fences are refused; only what
 * checks tokens by itself can't tell the two apart. {@code synchronous_commit} with a synchronous
 * standby prevents that.
 */
public final class JdbcLeases {
  private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);

  private JdbcLeases() {}

  /**
   * {@return leases with a timeout of 30 s}
   *
   * @param pool where the connections come from; stays the caller's
   */
  public static Leases over(Pool pool) {
    return over(pool, DEFAULT_TIMEOUT);
  }

  /**
   * {@return leases with a timeout}
   *
   * @param pool where the connections come from; stays the caller's
   * @param timeout how long after its last proof a holder's lease is granted to another one. A
   *     quarter of it passes between two signs, and a holder that can't give them for two thirds of
   *     it has lost its lease
   * @throws IllegalArgumentException if the timeout is less than 0.2 s
   */
  public static Leases over(Pool pool, Duration timeout) {
    Objects.requireNonNull(pool, "pool");
    return new EngineLeases(new RowEngine(rows(pool), Objects.requireNonNull(timeout, "timeout")));
  }

  /**
   * {@return a manager of a transaction that commits only if a lease was held as it began, and
   * during which the lease is granted to nobody else}
   *
   * <p>The fence is a query, the first one of the transaction. It fails with a {@link
   * dev.withal.leases.LeaseLostException} if the lease isn't held any more by the server's clock,
   * and the body doesn't run then. From the fence to the end of the transaction nobody gets the
   * lease, even if its time is over meanwhile: so a holder that stalls in a transaction keeps all
   * others waiting, and PostgreSQL's {@code idle_in_transaction_session_timeout} is what bounds
   * that. Under isolation levels above {@code READ COMMITTED}, the fence may fail with a
   * serialization failure (SQLSTATE 40001), after which {@link Jdbc#retrying} tries again.
   *
   * {@snippet class="dev.withal.leases.postgresql.PostgresqlGuideTest" region="fenced"}
   *
   * @param transaction a manager of transactions in the same database, such as {@link
   *     Pool#transaction()}
   * @param lease a lease of {@link JdbcLeases} or {@link R2dbcLeases}
   * @throws IllegalArgumentException if the lease is another engine's
   */
  public static AsyncContextManager<Connection> fenced(
      AsyncContextManager<Connection> transaction, Lease lease) {
    Objects.requireNonNull(transaction, "transaction");
    HeldLease held = RowEngine.ours(Objects.requireNonNull(lease, "lease"));
    return transaction.flatMap(
        connection -> () -> Jdbc.callAsync(connection, ours -> fence(ours, held)));
  }

  /** {@return how statements run on a pool's connections} */
  static Rows rows(Pool pool) {
    return new JdbcRows(pool);
  }

  private static AsyncContext<Connection> fence(Connection connection, HeldLease lease)
      throws SQLException {
    RowEngine.requireFenced(
        lease, JdbcRows.query(connection, Sql.FENCE, RowEngine.fenceParameters(lease), Long.class));
    return new Fenced(connection);
  }

  /** A connection that the context of the transaction closes; so nothing is to be done here. */
  private record Fenced(Connection value) implements AsyncContext<Connection> {
    @Override
    public CompletionStage<Verdict> exitAsync(ExitCase how) {
      return CompletableFuture.completedFuture(Verdict.PROPAGATE);
    }
  }

  /** Statements by JDBC, each on a connection of the pool. */
  private record JdbcRows(Pool pool) implements Rows {
    @Override
    public <T> List<T> query(String sql, List<?> parameters, Class<T> type) throws Exception {
      return pool.connection("lease")
          .<List<T>, SQLException>use(connection -> {
            Rows.requireAutoCommit(connection.getAutoCommit());
            return query(connection, sql, parameters, type);
          });
    }

    static <T> List<T> query(Connection connection, String sql, List<?> parameters, Class<T> type)
        throws SQLException {
      try (PreparedStatement statement = prepare(connection, sql, parameters);
          ResultSet answer = statement.executeQuery()) {
        var column = new ArrayList<T>();
        while (answer.next()) {
          column.add(answer.getObject(1, type));
        }
        return column;
      }
    }

    @Override
    public void update(String sql, List<?> parameters) throws Exception {
      pool.connection("lease")
          .<SQLException>run(connection -> {
            Rows.requireAutoCommit(connection.getAutoCommit());
            try (PreparedStatement statement = prepare(connection, sql, parameters)) {
              statement.executeUpdate();
            }
          });
    }

    private static PreparedStatement prepare(Connection connection, String sql, List<?> parameters)
        throws SQLException {
      PreparedStatement statement = connection.prepareStatement(sql.replaceAll("\\$[0-9]", "?"));
      for (int i = 0; i < parameters.size(); i++) {
        switch (parameters.get(i)) {
          case String[] texts -> statement.setArray(i + 1, connection.createArrayOf("text", texts));
          case Long[] numbers ->
              statement.setArray(i + 1, connection.createArrayOf("bigint", numbers));
          case Object one -> statement.setObject(i + 1, one);
        }
      }
      return statement;
    }

    @Override
    public boolean isNoTable(Exception failure) {
      return failure instanceof SQLException known && Sql.NO_TABLE.equals(known.getSQLState());
    }
  }
}
