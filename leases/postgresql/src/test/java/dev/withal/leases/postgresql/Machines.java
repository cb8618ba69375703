package dev.withal.leases.postgresql;

import dev.withal.AsyncContextManager;
import dev.withal.database.testing.PostgresServer;
import dev.withal.jdbc.Jdbc;
import dev.withal.jdbc.PoolSettings;
import dev.withal.leases.Leases;
import dev.withal.r2dbc.R2dbc;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** Each a pool of its own to the server that all tests share, as another machine would have. */
final class Machines {
  private Machines() {}

  /** A machine that uses JDBC. */
  record ByJdbc(dev.withal.jdbc.Pool pool, Leases leases) {}

  /** A machine that uses R2DBC. */
  record ByR2dbc(dev.withal.r2dbc.Pool pool, Leases leases) {}

  static AsyncContextManager<ByJdbc> jdbc(Duration timeout) {
    return jdbc(PostgresServer.port(), timeout);
  }

  static AsyncContextManager<ByJdbc> jdbc(int port, Duration timeout) {
    AsyncContextManager<dev.withal.jdbc.Pool> pool =
        Jdbc.pool(dataSource(port), PoolSettings.ofSize(6));
    return pool.map(ready -> new ByJdbc(ready, JdbcLeases.over(ready, timeout)));
  }

  static AsyncContextManager<ByR2dbc> r2dbc(Duration timeout) {
    String url = "r2dbc:postgresql://postgres@localhost:" + PostgresServer.port() + "/postgres";
    return R2dbc.pool(url, dev.withal.r2dbc.PoolSettings.ofSize(6))
        .map(ready -> new ByR2dbc(ready, R2dbcLeases.over(ready, timeout)));
  }

  /** {@return two machines} */
  static AsyncContextManager<Two> two(Duration timeout) {
    return AsyncContextManager.both(jdbc(timeout), jdbc(timeout))
        .map(both -> new Two(both.first(), both.second()));
  }

  /** Two machines that use JDBC. */
  record Two(ByJdbc a, ByJdbc b) {}

  static DataSource dataSource(int port) {
    var dataSource = new PGSimpleDataSource();
    dataSource.setServerNames(new String[] {"localhost"});
    dataSource.setPortNumbers(new int[] {port});
    dataSource.setDatabaseName("postgres");
    dataSource.setUser("postgres");
    return dataSource;
  }

  /** {@return what a query says, on a connection of nobody else's} */
  static long ask(String sql) {
    try (Connection connection = dataSource(PostgresServer.port()).getConnection();
        Statement statement = connection.createStatement();
        ResultSet answer = statement.executeQuery(sql)) {
      answer.next();
      return answer.getLong(1);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  static void execute(String sql) {
    try (Connection connection = dataSource(PostgresServer.port()).getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  /** Waits for something that another process brings about. */
  static void until(BooleanSupplier reached) throws InterruptedException {
    while (!reached.getAsBoolean()) {
      dev.withal.Async.sleep(Duration.ofMillis(10));
    }
  }
}
