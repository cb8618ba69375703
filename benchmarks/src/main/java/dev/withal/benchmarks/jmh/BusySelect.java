package dev.withal.benchmarks.jmh;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.withal.AsyncExitStack;
import dev.withal.benchmarks.jmh.DatabaseUse.Database;
import dev.withal.jdbc.Jdbc;
import dev.withal.jdbc.Pool;
import dev.withal.jdbc.PoolSettings;
import dev.withal.jdbc.PoolSettings.Interruption;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.postgresql.ds.PGSimpleDataSource;

/** A connection of a pool is taken for one select, on a platform thread, beside busy neighbours. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class BusySelect {
  private static final PoolSettings SETTINGS = PoolSettings.ofSize(2);

  /** So many threads compute beside it. */
  @Param("0")
  public int busy;

  /** Which one; there is no other that has to be asked over a network. */
  @Param("POSTGRESQL")
  public Database database;

  private final AsyncExitStack stack = AsyncExitStack.open();
  private Pool pool;
  private Pool losing;
  private HikariDataSource hikari;
  private volatile boolean over;

  @Setup
  public void setUp() throws Exception {
    var dataSource = new PGSimpleDataSource();
    dataSource.setUrl(PostgresServer.jdbcUrl());
    pool = stack.enter(Jdbc.pool(dataSource, SETTINGS));
    losing =
        stack.enter(
            Jdbc.pool(dataSource, SETTINGS.withInterruption(Interruption.LOSES_CONNECTION)));
    var config = new HikariConfig();
    config.setDataSource(dataSource);
    config.setMaximumPoolSize(SETTINGS.size());
    hikari = new HikariDataSource(config);
    Checks.require(withal() == 42 && selectLosing() == 42 && driver() == 42, "a row is read");
    Stream.generate(() -> Thread.ofPlatform().daemon().unstarted(this::compute))
        .limit(busy)
        .forEach(Thread::start);
  }

  private void compute() {
    while (!over) {
      Thread.onSpinWait();
    }
  }

  @Benchmark
  public int withal() throws Exception {
    return pool.connection().<Integer, SQLException>use(BusySelect::selected);
  }

  final int selectLosing() throws Exception {
    return losing.connection().<Integer, SQLException>use(BusySelect::selected);
  }

  @Benchmark
  public int driver() throws SQLException {
    try (Connection connection = hikari.getConnection()) {
      return selected(connection);
    }
  }

  @TearDown
  public void tearDown() {
    over = true;
    Checks.require(pool.inUse() + losing.inUse() == 0, "all connections have come back");
    stack.close();
    hikari.close();
  }

  private static int selected(Connection connection) throws SQLException {
    try (var statement = connection.prepareStatement("select 42");
        var result = statement.executeQuery()) {
      result.next();
      return result.getInt(1);
    }
  }
}
