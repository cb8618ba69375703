package dev.withal.benchmarks.jmh;

import dev.withal.AsyncExitStack;
import dev.withal.r2dbc.Pool;
import dev.withal.r2dbc.PoolSettings;
import dev.withal.r2dbc.R2dbc;
import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.pool.ConnectionPoolConfiguration;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.Readable;
import io.r2dbc.spi.Result;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A connection of a pool, taken, used for one statement and given back. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class DatabaseUse {
  private static final PoolSettings SETTINGS = PoolSettings.ofSize(10);

  /** Where the connections lead. */
  public enum Database {
    H2,
    POSTGRESQL;

    String url() {
      return this == H2
          ? "r2dbc:h2:mem:///benchmark?options=DB_CLOSE_DELAY=-1"
          : PostgresServer.url();
    }
  }

  /** Which one. */
  @Param("H2")
  public Database database;

  private final AsyncExitStack stack = AsyncExitStack.open();
  private Pool pool;
  private ConnectionPool reactive;

  @Setup
  public void setUp() {
    pool = stack.enterAsync(R2dbc.pool(database.url(), SETTINGS)).join();
    reactive = new ConnectionPool(configuration());
    run("drop table if exists entry");
    run("create table entry (id int)");
    Checks.require(
        List.of(withalSelect(), driverSelect(), usingWhenSelect())
            .equals(List.of(List.of(42), List.of(42), List.of(42))),
        "a row is read");
    Checks.require(
        withalInsert() + driverInsert() + usingWhenInsert() == 3 && rows() == 3,
        "a row is inserted and committed");
  }

  /** {@return what Withal tells its own pool} */
  private ConnectionPoolConfiguration configuration() {
    return ConnectionPoolConfiguration.builder(ConnectionFactories.get(database.url()))
        .maxSize(SETTINGS.size())
        .initialSize(0)
        .acquireRetry(0)
        .validationDepth(SETTINGS.validation())
        .maxIdleTime(SETTINGS.maxIdleTime())
        .maxLifeTime(SETTINGS.maxLifeTime())
        .build();
  }

  /** A table that grows takes longer. */
  @Setup(Level.Iteration)
  public void emptyTable() {
    run("truncate table entry");
  }

  // ---- acquire, select, release ----------------------------------------------------------------

  @Benchmark
  public List<Integer> withalSelect() {
    return pool.connection()
        .useAsync(connection -> R2dbc.list(select(connection), DatabaseUse::number))
        .join();
  }

  /** Whoever has it cancelled loses the connection. */
  @Benchmark
  public List<Integer> driverSelect() {
    return done(
        reactive
            .create()
            .flatMap(connection ->
                selected(connection)
                    .onErrorResume(error -> after(connection.close(), Mono.error(error)))
                    .flatMap(rows -> after(connection.close(), Mono.just(rows)))));
  }

  @Benchmark
  public List<Integer> usingWhenSelect() {
    return done(Mono.usingWhen(reactive.create(), DatabaseUse::selected, Connection::close));
  }

  // ---- acquire, begin, insert, commit, release -------------------------------------------------

  @Benchmark
  public Long withalInsert() {
    return pool.transaction().useAsync(connection -> R2dbc.rowsUpdated(insert(connection))).join();
  }

  /** As {@link #driverSelect}. */
  @Benchmark
  public Long driverInsert() {
    return done(
        reactive
            .create()
            .flatMap(connection ->
                after(connection.beginTransaction(), inserted(connection))
                    .onErrorResume(
                        error -> after(connection.rollbackTransaction(), Mono.<Long>error(error)))
                    .flatMap(rows -> after(connection.commitTransaction(), Mono.just(rows)))
                    .onErrorResume(error -> after(connection.close(), Mono.error(error)))
                    .flatMap(rows -> after(connection.close(), Mono.just(rows)))));
  }

  @Benchmark
  public Long usingWhenInsert() {
    return done(
        Mono.usingWhen(
            reactive.create(),
            connection ->
                Mono.usingWhen(
                    after(connection.beginTransaction(), Mono.just(connection)),
                    DatabaseUse::inserted,
                    Connection::commitTransaction,
                    (begun, _) -> begun.rollbackTransaction(),
                    Connection::rollbackTransaction),
            Connection::close));
  }

  @TearDown
  public void tearDown() {
    Checks.require(pool.inUse() == 0, "all connections have come back");
    stack.close();
    reactive.disposeLater().block();
  }

  // ---- the statements --------------------------------------------------------------------------

  private static Publisher<? extends Result> select(Connection connection) {
    return connection.createStatement("select 42").execute();
  }

  private static Integer number(Readable row) {
    return Objects.requireNonNull(row.get(0, Integer.class));
  }

  private static Mono<List<Integer>> selected(Connection connection) {
    return Flux.from(select(connection))
        .concatMap(result -> result.map(DatabaseUse::number))
        .collectList();
  }

  private static Publisher<? extends Result> insert(Connection connection) {
    return connection.createStatement("insert into entry values ($1)").bind(0, 1).execute();
  }

  private static Mono<Long> inserted(Connection connection) {
    return Flux.from(insert(connection)).concatMap(Result::getRowsUpdated).reduce(0L, Long::sum);
  }

  private static <T> Mono<T> after(Publisher<Void> first, Mono<T> then) {
    return Mono.from(first).then(then);
  }

  private static <T> T done(Mono<T> mono) {
    return mono.toFuture().join();
  }

  private void run(String sql) {
    CompletableFuture<Void> end =
        pool.connection()
            .useAsync(connection -> R2dbc.completion(connection.createStatement(sql).execute()));
    end.join();
  }

  private long rows() {
    return pool.connection()
        .useAsync(connection ->
            R2dbc.list(
                connection.createStatement("select count(*) from entry").execute(),
                row -> Objects.requireNonNull(row.get(0, Long.class))))
        .join()
        .getFirst();
  }
}
