package dev.withal.benchmarks.jmh;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.withal.AsyncExitStack;
import dev.withal.benchmarks.jmh.DatabaseUse.Database;
import dev.withal.jdbc.Jdbc;
import dev.withal.jdbc.Pool;
import dev.withal.jdbc.PoolSettings;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.postgresql.ds.PGSimpleDataSource;

/** The same as {@link DatabaseUse} over JDBC, in direct style on a virtual thread. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(jvmArgsAppend = "-Djmh.executor=VIRTUAL")
public class JdbcUse {
  private static final PoolSettings SETTINGS = PoolSettings.ofSize(10);

  /** Which one. */
  @Param("H2")
  public Database database;

  private final AsyncExitStack stack = AsyncExitStack.open();
  private Pool pool;
  private HikariDataSource hikari;

  @Setup
  public void setUp() throws Exception {
    Checks.require(Thread.currentThread().isVirtual(), "it runs on a virtual thread");
    pool = stack.enter(Jdbc.pool(dataSource(), SETTINGS));
    hikari = new HikariDataSource(config());
    run("drop table if exists entry");
    run("create table entry (id int)");
    Checks.require(withalSelect() == 42 && driverSelect() == 42, "a row is read");
    Checks.require(
        withalInsert() + driverInsert() == 2 && rows() == 2, "a row is inserted and committed");
  }

  private DataSource dataSource() {
    if (database == Database.H2) {
      var h2 = new JdbcDataSource();
      h2.setURL("jdbc:h2:mem:benchmark;DB_CLOSE_DELAY=-1");
      return h2;
    }
    var postgresql = new PGSimpleDataSource();
    postgresql.setUrl(PostgresServer.jdbcUrl());
    return postgresql;
  }

  /** {@return what Withal tells its own pool} */
  private HikariConfig config() {
    var config = new HikariConfig();
    config.setDataSource(dataSource());
    config.setMaximumPoolSize(SETTINGS.size());
    config.setMinimumIdle(0);
    config.setInitializationFailTimeout(-1);
    config.setConnectionTimeout(SETTINGS.enterTimeout().toMillis());
    config.setIdleTimeout(SETTINGS.maxIdleTime().toMillis());
    config.setMaxLifetime(SETTINGS.maxLifeTime().toMillis());
    return config;
  }

  /** A table that grows takes longer. */
  @Setup(Level.Iteration)
  public void emptyTable() throws Exception {
    run("truncate table entry");
  }

  // ---- acquire, select, release ----------------------------------------------------------------

  @Benchmark
  public int withalSelect() throws Exception {
    return pool.connection().<Integer, SQLException>use(JdbcUse::selected);
  }

  /** Whoever is interrupted may lose the connection. */
  @Benchmark
  public int driverSelect() throws SQLException {
    try (Connection connection = hikari.getConnection()) {
      return selected(connection);
    }
  }

  // ---- acquire, begin, insert, commit, release -------------------------------------------------

  @Benchmark
  public int withalInsert() throws Exception {
    return pool.transaction().<Integer, SQLException>use(JdbcUse::inserted);
  }

  /** As {@link #driverSelect}. */
  @Benchmark
  public int driverInsert() throws SQLException {
    try (Connection connection = hikari.getConnection()) {
      connection.setAutoCommit(false);
      int rows;
      try {
        rows = inserted(connection);
      } catch (Throwable error) {
        connection.rollback();
        throw error;
      }
      connection.commit();
      connection.setAutoCommit(true);
      return rows;
    }
  }

  @TearDown
  public void tearDown() {
    Checks.require(pool.inUse() == 0, "all connections have come back");
    stack.close();
    hikari.close();
  }

  // ---- the statements --------------------------------------------------------------------------

  private static int selected(Connection connection) throws SQLException {
    return number(connection, "select 42");
  }

  private static int inserted(Connection connection) throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement("insert into entry values (?)")) {
      insert.setInt(1, 1);
      return insert.executeUpdate();
    }
  }

  private static int number(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      int number = 0;
      while (result.next()) {
        number = result.getInt(1);
      }
      return number;
    }
  }

  private void run(String sql) throws SQLException {
    try (Connection connection = hikari.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private int rows() throws SQLException {
    try (Connection connection = hikari.getConnection()) {
      return number(connection, "select count(*) from entry");
    }
  }
}
