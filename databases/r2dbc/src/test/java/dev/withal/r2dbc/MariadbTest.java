package dev.withal.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.database.Bounds;
import dev.withal.database.testing.DroppingProxy;
import dev.withal.database.testing.MariadbServer;
import dev.withal.database.testing.stories.Running;
import dev.withal.r2dbc.TransactionException.Outcome;
import dev.withal.testkit.LeakCheck;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.R2dbcException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What holds on PostgreSQL holds on MariaDB, in the styles of the settings. */
@ExtendWith(LeakCheck.class)
class MariadbTest {
  private static final TransactionOptions TRANSFER = TransactionOptions.DEFAULT.named("transfer");
  private static final Bounds SHORT =
      new Bounds(
          Duration.ofSeconds(2),
          Duration.ofMillis(300),
          Duration.ofMillis(300),
          Duration.ofMillis(500));

  /** Takes minutes. */
  private static final String SLOW =
      "select count(*) from seq_1_to_1000000 a, seq_1_to_1000000 b where a.seq < b.seq";

  @BeforeAll
  static void assumeThere() {
    Mariadb.assumeThere();
  }

  @BeforeEach
  void makeTable() throws Exception {
    R2dbc.connection(Mariadb.url())
        .use(connection -> {
          Setting.run(connection, "drop table if exists entry");
          return Setting.run(connection, "create table entry (id int primary key)");
        });
  }

  private static long rows() throws Exception {
    return R2dbc.connection(Mariadb.url())
        .use(connection -> Async.await(ask(connection, "select count(*) from entry")));
  }

  private static CompletableFuture<Long> ask(Connection connection, String sql) {
    return R2dbc.first(connection.createStatement(sql).execute(), row -> row.get(0, Long.class));
  }

  private static CompletableFuture<Long> id(Connection connection) {
    return ask(connection, "select @@pseudo_thread_id");
  }

  private static Class<?> ended(Setting style) {
    return style.isDirect() ? InterruptedException.class : CancellationException.class;
  }

  /**
   * The driver can't stop a statement, so the connection is closed by force, of which the server
   * takes no notice before the statement's own end.
   */
  @ParameterizedTest
  @EnumSource(names = {"POSTGRESQL_DIRECT", "POSTGRESQL_STAGES"})
  void statement_isCancelled_endsAndCommitsNothing(Setting style) throws Exception {
    R2dbc.pool(Mariadb.url(), PoolSettings.ofSize(1).withBounds(SHORT))
        .use(pool -> {
          var begun = new CompletableFuture<Void>();
          Running<?> running =
              R2dbcLender.begin(
                  style,
                  pool.transaction(TRANSFER),
                  session ->
                      session
                          .insert(1)
                          .thenCompose(_ -> {
                            begun.complete(null);
                            return session.ask("select sleep(3)");
                          }));
          Async.await(begun);
          running.end().run();

          Throwable thrown = catchThrowable(() -> running.result().get(20, TimeUnit.SECONDS));
          assertThat(thrown instanceof ExecutionException ? thrown.getCause() : thrown)
              .isInstanceOf(ended(style));
          assertThat(pool.inUse()).isZero();
          assertThat(style.<Connection, Long>use(pool.connection(), MariadbTest::id)).isPositive();
          return null;
        });
    assertThat(rows()).isZero();
  }

  /** The server commits when a table is made, and knows the savepoint no more. */
  @Test
  void savepoint_isCommittedByAStatement_outcomeIsUnknown() throws Exception {
    Throwable thrown =
        catchThrowable(() ->
            R2dbc.pool(Mariadb.url(), PoolSettings.ofSize(1))
                .use(pool ->
                    pool.transaction()
                        .use(outer ->
                            R2dbc.transaction(outer, TRANSFER)
                                .use(inner -> {
                                  Async.await(Setting.insert(inner, 1));
                                  String table = "create table if not exists other (id int)";
                                  return Setting.run(inner, table);
                                }))));

    assertThat(thrown)
        .isInstanceOfSatisfying(
            TransactionException.class,
            told -> assertThat(told.outcome()).isEqualTo(Outcome.UNKNOWN))
        .hasMessageStartingWith("transfer: the rollback to the savepoint failed: ");
    assertThat(rows()).isEqualTo(1);
  }

  @Test
  void readOfManyRows_isCancelledAtAnyRow_ends() throws Exception {
    R2dbc.pool(Mariadb.url(), PoolSettings.ofSize(1))
        .use(pool -> {
          for (int i = 0; i < 50; i++) {
            int last = 1 + (i * 137) % 5_000;
            var reached = new CompletableFuture<Void>();
            int[] seen = {0};
            CompletableFuture<?> use =
                pool.transaction()
                    .useAsync((connection, cancellation) ->
                        cancellation
                            .cancelling(
                                R2dbc.list(
                                    connection
                                        .createStatement("select seq from seq_1_to_5000")
                                        .execute(),
                                    row -> {
                                      if (++seen[0] == last) {
                                        reached.complete(null);
                                      }
                                      return row.get(0, Long.class);
                                    }))
                            // The last rows may come before the request.
                            .thenCompose(_ -> cancellation.cancelling(new CompletableFuture<>())));
            Async.await(reached);
            use.cancel(true);

            assertThat(catchThrowable(() -> use.get(20, TimeUnit.SECONDS)))
                .as("cancelled at row %s", last)
                .isInstanceOf(CancellationException.class);
            assertThat(pool.inUse()).isZero();
          }
          return null;
        });
  }

  @Test
  void limits_ofATransaction_holdAndArePutBack() throws Exception {
    R2dbc.pool(Mariadb.url(), PoolSettings.ofSize(2))
        .use(pool -> {
          long own = pool.connection().use(connection -> Async.await(id(connection)));
          TransactionOptions limited =
              TRANSFER.statementTimeout(Duration.ofMillis(100)).lockWait(Duration.ofMillis(100));
          Throwable thrown =
              catchThrowable(() ->
                  pool.transaction(limited).use(connection -> Async.await(ask(connection, SLOW))));

          assertThat(thrown)
              .isInstanceOf(R2dbcException.class)
              .hasMessageContaining("max_statement_time exceeded");
          pool.connection()
              .use(connection -> {
                assertThat(Async.await(id(connection))).isEqualTo(own);
                assertThat(
                        Async.await(
                            ask(
                                connection,
                                "select @@max_statement_time = @@global.max_statement_time and"
                                    + " @@innodb_lock_wait_timeout ="
                                    + " @@global.innodb_lock_wait_timeout")))
                    .isEqualTo(1);
                return null;
              });
          return null;
        });
  }

  @ParameterizedTest
  @EnumSource(names = {"POSTGRESQL_DIRECT", "POSTGRESQL_STAGES"})
  void statement_isSilentAndItsBodyIsCancelled_ends(Setting style) throws Exception {
    Throwable thrown =
        endOf(
            style,
            (pool, proxy) -> {
              DroppingProxy.Hold statement = proxy.hold("select 42");
              Running<?> running =
                  R2dbcLender.begin(
                      style,
                      pool.transaction(TRANSFER),
                      session -> session.insert(1).thenCompose(_ -> session.ask("select 42")));
              Async.await(statement.reached());
              proxy.drop();
              running.end().run();
              return running;
            });

    assertThat(thrown).isInstanceOf(ended(style));
  }

  @ParameterizedTest
  @EnumSource(names = {"POSTGRESQL_DIRECT", "POSTGRESQL_STAGES"})
  void commit_isSilent_outcomeIsUnknown(Setting style) throws Exception {
    Throwable thrown =
        endOf(
            style,
            (pool, proxy) ->
                R2dbcLender.begin(
                    style,
                    pool.transaction(TRANSFER),
                    session -> {
                      proxy.dropAt("COMMIT");
                      return session.insert(1);
                    }));

    assertThat(thrown)
        .isInstanceOfSatisfying(
            TransactionException.class,
            told -> assertThat(told.outcome()).isEqualTo(Outcome.UNKNOWN));
  }

  /** Begins a use on a pool, during which the server falls silent. */
  private interface Attempt {
    Running<?> begin(Pool pool, DroppingProxy proxy) throws Exception;
  }

  /** {@return how an attempt ends on a pool that works again after it} */
  private static Throwable endOf(Setting style, Attempt attempt) throws Exception {
    try (var proxy = new DroppingProxy(MariadbServer.port())) {
      PoolSettings one = PoolSettings.ofSize(1).withBounds(SHORT);
      return R2dbc.pool(Mariadb.urlOverPort(proxy.port()), one)
          .use(pool -> {
            Running<?> running = attempt.begin(pool, proxy);
            Throwable thrown = catchThrowable(() -> running.result().get(20, TimeUnit.SECONDS));
            proxy.heal();

            assertThat(pool.inUse()).isZero();
            assertThat(pool.idle()).isZero();
            assertThat(style.<Connection, Long>use(pool.connection(), MariadbTest::id))
                .isPositive();
            return thrown instanceof ExecutionException ? thrown.getCause() : thrown;
          });
    }
  }
}
