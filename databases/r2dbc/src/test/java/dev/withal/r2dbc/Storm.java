package dev.withal.r2dbc;

import dev.withal.Async;
import dev.withal.AsyncContextManager;
import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.pool.ConnectionPoolConfiguration;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactories;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Thousands of transactions on a pool of ten, each asked to end at a random moment: most while they
 * wait for a connection, acquire one, begin, insert or commit, some never.
 *
 * <p>Each inserts two rows, so that a half-written one shows. The moments come from a seed. A storm
 * keeps at most a hundred transactions under way at the same time.
 */
final class Storm {
  static final int CONNECTIONS = 10;
  private static final int UNDER_WAY = 100;
  private static final String APPLICATION = "storm";

  /** How the transactions are written. */
  enum Way {
    WITHAL,
    USING_WHEN,
    BY_HAND
  }

  /**
   * What a storm left behind.
   *
   * @param way how its transactions were written
   * @param succeeded how many committed
   * @param ended how many were asked to end in time
   * @param failed how many failed otherwise
   * @param lost how many of the pool's connections don't come back within ten seconds
   * @param inTransaction how many sessions the server sees in a transaction
   * @param halfWritten how many transactions left one row
   */
  record Damage(
      Way way,
      int succeeded,
      int ended,
      int failed,
      int lost,
      long inTransaction,
      long halfWritten) {

    /** {@return one line of a table in Markdown} */
    String row(String name) {
      return "| %s | %,d | %,d | %,d | %d of %d | %d | %d |"
          .formatted(name, succeeded, ended, failed, lost, CONNECTIONS, inTransaction, halfWritten);
    }
  }

  /**
   * Where it blows.
   *
   * @param url of the pool's connections
   * @param insert adds a row of two numbers
   * @param inTransaction asks how many of its sessions are in a transaction
   */
  record Target(String url, String insert, String inTransaction) {
    static Target postgresql() {
      return new Target(
          Postgres.url() + "?applicationName=" + APPLICATION,
          "insert into storm values ($1, $2)",
          "select count(*) from pg_stat_activity where application_name = '"
              + APPLICATION
              + "' and state like 'idle in transaction%'");
    }

    static Target mariadb() {
      return new Target(
          Mariadb.urlOfOtherUser(),
          "insert into storm values (?, ?)",
          "select count(*) from information_schema.processlist p left join"
              + " information_schema.innodb_trx t on t.trx_mysql_thread_id = p.id where p.user ="
              + " 'storm' and p.id <> connection_id() and"
              + " t.trx_id is not null");
    }
  }

  private final Target target;
  private final Way way;
  private final int transactions;
  private final long seed;

  Storm(Target target, Way way, int transactions, long seed) {
    this.target = target;
    this.way = way;
    this.transactions = transactions;
    this.seed = seed;
  }

  Damage run() throws Exception {
    R2dbc.connection(target.url())
        .use(connection -> {
          Setting.run(connection, "drop table if exists storm");
          return Setting.run(connection, "create table storm (id int, half int)");
        });
    return switch (way) {
      case WITHAL ->
          R2dbc.pool(target.url(), PoolSettings.ofSize(CONNECTIONS))
              .use(pool -> blow(withal(pool), pool.connection()));
      case USING_WHEN, BY_HAND -> {
        var pool =
            new ConnectionPool(
                ConnectionPoolConfiguration.builder(ConnectionFactories.get(target.url()))
                    .maxSize(CONNECTIONS)
                    .build());
        try {
          yield blow(way == Way.BY_HAND ? byHand(pool) : usingWhen(pool), R2dbc.connection(pool));
        } finally {
          Async.await(R2dbc.completion(pool.disposeLater()));
        }
      }
    };
  }

  // ---- the transactions ------------------------------------------------------------------------

  private Function<Integer, CompletableFuture<?>> withal(Pool pool) {
    return id ->
        pool.transaction()
            .useAsync((connection, cancellation) ->
                cancellation.cancelling(R2dbc.completion(insert(connection, id))));
  }

  private Function<Integer, CompletableFuture<?>> usingWhen(ConnectionPool pool) {
    return id ->
        Mono.usingWhen(
                pool.create(),
                connection ->
                    Mono.usingWhen(
                        Mono.from(connection.beginTransaction()).thenReturn(connection),
                        begun -> insert(begun, id).then(),
                        Connection::commitTransaction,
                        (begun, _) -> begun.rollbackTransaction(),
                        Connection::rollbackTransaction),
                Connection::close)
            .toFuture();
  }

  private Function<Integer, CompletableFuture<?>> byHand(ConnectionPool pool) {
    return id ->
        pool.create()
            .toFuture()
            .thenCompose(connection ->
                done(connection.beginTransaction())
                    .thenCompose(_ -> done(insert(connection, id)))
                    .handle((_, error) ->
                        done(
                            error == null
                                ? connection.commitTransaction()
                                : connection.rollbackTransaction()))
                    .thenCompose(end -> end)
                    .whenComplete((_, _) -> done(connection.close())));
  }

  private static CompletableFuture<Void> done(Publisher<?> publisher) {
    return Flux.from(publisher).then().toFuture();
  }

  private Flux<Long> insert(Connection connection, int id) {
    return Flux.range(0, 2)
        .concatMap(
            half -> connection.createStatement(target.insert()).bind(0, id).bind(1, half).execute())
        .concatMap(io.r2dbc.spi.Result::getRowsUpdated);
  }

  // ---- the storm -------------------------------------------------------------------------------

  private Damage blow(
      Function<Integer, CompletableFuture<?>> transaction,
      AsyncContextManager<Connection> connections)
      throws Exception {
    var random = new Random(seed);
    var underWay = new Semaphore(UNDER_WAY);
    var all = new ArrayList<CompletableFuture<?>>();
    for (int id = 0; id < transactions; id++) {
      // What leaks everything would wait here for ever.
      if (!underWay.tryAcquire(10, TimeUnit.SECONDS)) {
        break;
      }
      CompletableFuture<?> use = transaction.apply(id);
      use.whenComplete((_, _) -> underWay.release());
      all.add(use);
      int micros = random.nextInt(20_000);
      switch (random.nextInt(4)) {
        case 0 -> use.orTimeout(micros, TimeUnit.MICROSECONDS);
        case 1 -> use.cancel(true);
        case 2 ->
            CompletableFuture.delayedExecutor(micros, TimeUnit.MICROSECONDS)
                .execute(() -> use.cancel(true));
        default -> use.orTimeout(30, TimeUnit.SECONDS);
      }
    }
    return damage(all, connections);
  }

  private Damage damage(List<CompletableFuture<?>> all, AsyncContextManager<Connection> connections)
      throws Exception {
    int succeeded = 0;
    int ended = 0;
    int failed = 0;
    for (CompletableFuture<?> use : all) {
      try {
        use.get(40, TimeUnit.SECONDS);
        succeeded++;
      } catch (ExecutionException e) {
        boolean asked = e.getCause() instanceof TimeoutException;
        ended += asked ? 1 : 0;
        failed += asked ? 0 : 1;
      } catch (CancellationException _) {
        ended++;
      }
    }
    int lost = lost(connections);
    return new Damage(
        way,
        succeeded,
        ended,
        failed,
        lost,
        ask(target.inTransaction()),
        ask("select count(*) from (select id from storm group by id having count(*) <> 2) half"));
  }

  /** {@return how many connections can't be had and used at the same time} */
  private static int lost(AsyncContextManager<Connection> connections) throws Exception {
    var everybody = new CompletableFuture<Void>();
    var arrived = new Semaphore(0);
    List<CompletableFuture<?>> uses = new ArrayList<>();
    for (int i = 0; i < CONNECTIONS; i++) {
      uses.add(
          connections
              .grace(Duration.ZERO)
              .useAsync(connection ->
                  R2dbc.completion(connection.createStatement("select 1").execute())
                      .thenRun(arrived::release)
                      .thenCompose(_ -> everybody)));
    }
    int there = 0;
    while (there < CONNECTIONS && arrived.tryAcquire(10, TimeUnit.SECONDS)) {
      there++;
    }
    everybody.complete(null);
    uses.forEach(use -> use.cancel(true));
    return CONNECTIONS - there;
  }

  private long ask(String sql) throws Exception {
    return R2dbc.connection(target.url())
        .use(connection ->
            Async.await(
                R2dbc.first(
                    connection.createStatement(sql).execute(), row -> row.get(0, Long.class))));
  }
}
