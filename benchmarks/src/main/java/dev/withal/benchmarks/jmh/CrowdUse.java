package dev.withal.benchmarks.jmh;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.withal.Async;
import dev.withal.AsyncExitStack;
import dev.withal.benchmarks.jmh.DatabaseUse.Database;
import dev.withal.jdbc.Jdbc;
import dev.withal.r2dbc.R2dbc;
import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.pool.ConnectionPoolConfiguration;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.Result;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.sql.DataSource;
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
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Many who want a transaction at the same time, of a pool of ten connections. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CrowdUse {
  private static final int SIZE = 10;
  private static final int ROWS = 10_000;
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  /** So many update one row each, all at once. */
  @Param("10")
  public int crowd;

  /** So many threads compute beside them. */
  @Param("0")
  public int busy;

  /** Which one; there is no other that has to be asked over a network. */
  @Param("POSTGRESQL")
  public Database database;

  private final AsyncExitStack stack = AsyncExitStack.open();
  private dev.withal.jdbc.Pool jdbc;
  private dev.withal.r2dbc.Pool r2dbc;
  private HikariDataSource hikari;
  private ConnectionPool reactive;
  private volatile boolean over;

  @Setup
  public void setUp() throws Exception {
    jdbc =
        stack.enter(
            Jdbc.pool(
                dataSource(),
                dev.withal.jdbc.PoolSettings.ofSize(SIZE)
                    .withMaxWaiting(crowd)
                    .withEnterTimeout(PATIENCE)));
    r2dbc =
        stack
            .enterAsync(
                R2dbc.pool(
                    database.url(),
                    dev.withal.r2dbc.PoolSettings.ofSize(SIZE)
                        .withMaxWaiting(crowd)
                        .withEnterTimeout(PATIENCE)))
            .join();
    hikari = new HikariDataSource(config());
    reactive =
        new ConnectionPool(
            ConnectionPoolConfiguration.builder(ConnectionFactories.get(database.url()))
                .maxSize(SIZE)
                .initialSize(0)
                .build());
    run("drop table if exists place");
    run("create unlogged table place as select id, 0 n from generate_series(1, " + ROWS + ") id");
    run("create unique index on place(id)");
    Checks.require(
        withalJdbc() + hikari() + withalThreads() + usingWhenThreads() == 4 * crowd
            && withalStages() + usingWhenStages() == 2 * crowd
            && sum() == 6L * crowd,
        "each has updated one row");
    Stream.generate(() -> Thread.ofPlatform().daemon().unstarted(this::compute))
        .limit(busy)
        .forEach(Thread::start);
  }

  private DataSource dataSource() {
    var postgresql = new PGSimpleDataSource();
    postgresql.setUrl(PostgresServer.jdbcUrl());
    return postgresql;
  }

  private HikariConfig config() {
    var config = new HikariConfig();
    config.setDataSource(dataSource());
    config.setMaximumPoolSize(SIZE);
    config.setMinimumIdle(0);
    config.setConnectionTimeout(PATIENCE.toMillis());
    return config;
  }

  private void compute() {
    while (!over) {
      Thread.onSpinWait();
    }
  }

  // ---- JDBC, on a virtual thread each ----------------------------------------------------------

  @Benchmark
  public int withalJdbc() throws Exception {
    return threads(() -> jdbc.transaction().<Integer, SQLException>use(CrowdUse::updated));
  }

  /** Whoever is interrupted may lose the connection. */
  @Benchmark
  public int hikari() throws Exception {
    return threads(() -> {
      try (java.sql.Connection connection = hikari.getConnection()) {
        connection.setAutoCommit(false);
        int rows;
        try {
          rows = updated(connection);
        } catch (Throwable error) {
          connection.rollback();
          throw error;
        }
        connection.commit();
        return rows;
      }
    });
  }

  // ---- R2DBC, on a virtual thread each ---------------------------------------------------------

  @Benchmark
  public int withalThreads() throws Exception {
    return threads(() ->
        r2dbc
            .transaction()
            .<Long, ExecutionException>use(c -> Async.await(R2dbc.rowsUpdated(update(c)))));
  }

  @Benchmark
  public int usingWhenThreads() throws Exception {
    return threads(() -> usingWhen().block());
  }

  // ---- R2DBC, stages ---------------------------------------------------------------------------

  @Benchmark
  public int withalStages() {
    return stages(() -> r2dbc.transaction().useAsync(c -> R2dbc.rowsUpdated(update(c))));
  }

  @Benchmark
  public int usingWhenStages() {
    return stages(() -> usingWhen().toFuture());
  }

  @TearDown
  public void tearDown() {
    over = true;
    Checks.require(jdbc.inUse() + r2dbc.inUse() == 0, "all connections have come back");
    stack.close();
    hikari.close();
    reactive.disposeLater().block();
  }

  // ---- the statements --------------------------------------------------------------------------

  private static int anyRow() {
    return ThreadLocalRandom.current().nextInt(1, ROWS + 1);
  }

  private static int updated(java.sql.Connection connection) throws SQLException {
    try (var update = connection.prepareStatement("update place set n = n + 1 where id = ?")) {
      update.setInt(1, anyRow());
      return update.executeUpdate();
    }
  }

  private static Publisher<? extends Result> update(Connection connection) {
    return connection
        .createStatement("update place set n = n + 1 where id = $1")
        .bind(0, anyRow())
        .execute();
  }

  private Mono<Long> usingWhen() {
    return Mono.usingWhen(
        reactive.create(),
        connection ->
            Mono.from(connection.beginTransaction())
                .then(
                    Flux.from(update(connection))
                        .concatMap(Result::getRowsUpdated)
                        .reduce(0L, Long::sum))
                .flatMap(rows -> Mono.from(connection.commitTransaction()).thenReturn(rows)),
        Connection::close,
        (connection, _) ->
            Mono.from(connection.rollbackTransaction()).then(Mono.from(connection.close())),
        Connection::close);
  }

  /** {@return the sum of what all of them return} */
  private int threads(Callable<? extends Number> each) throws Exception {
    var tasks = Stream.generate(() -> new FutureTask<Number>(each::call)).limit(crowd).toList();
    tasks.forEach(Thread::startVirtualThread);
    int sum = 0;
    for (FutureTask<Number> task : tasks) {
      sum += task.get().intValue();
    }
    return sum;
  }

  private int stages(Supplier<CompletableFuture<Long>> each) {
    return Stream.generate(each).limit(crowd).toList().stream()
        .mapToInt(stage -> stage.join().intValue())
        .sum();
  }

  private void run(String sql) throws SQLException {
    try (var connection = hikari.getConnection();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private long sum() throws SQLException {
    try (var connection = hikari.getConnection();
        var statement = connection.createStatement();
        var result = statement.executeQuery("select sum(n) from place")) {
      result.next();
      return result.getLong(1);
    }
  }
}
