package dev.withal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.database.testing.DroppingProxy;
import dev.withal.database.testing.MariadbServer;
import dev.withal.database.testing.stories.Running;
import dev.withal.jdbc.TransactionException.Outcome;
import dev.withal.testkit.LeakCheck;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
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

  /** Takes minutes, and is no call of a function, which might leave something in the session. */
  private static final String SLOW =
      "select count(*) from seq_1_to_1000000 a, seq_1_to_1000000 b where a.seq < b.seq";

  @BeforeAll
  static void assumeThere() {
    Mariadb.assumeThere();
  }

  @BeforeEach
  void makeTable() throws Exception {
    Mariadb.makeTable();
  }

  private static long rows() throws Exception {
    return Jdbc.connection(Mariadb.dataSource())
        .use(connection -> Setting.ask(connection, "select count(*) from entry"));
  }

  private static long id(Connection connection) throws SQLException {
    return Setting.ask(connection, "select @@pseudo_thread_id");
  }

  @ParameterizedTest
  @EnumSource(names = {"POSTGRESQL_DIRECT", "POSTGRESQL_STAGES"})
  void statement_isCancelled_isStoppedAndItsConnectionGoesOn(Setting style) throws Exception {
    Jdbc.pool(Mariadb.dataSource(), PoolSettings.ofSize(1))
        .use(pool -> {
          long own = style.use(pool.connection(), MariadbTest::id);
          var begun = new CompletableFuture<Void>();
          Running<Long> running =
              style.begin(
                  pool.transaction(TRANSFER),
                  connection -> {
                    Setting.insert(connection, 1);
                    begun.complete(null);
                    return Setting.ask(connection, SLOW);
                  });
          Async.await(begun);
          running.end().run();

          assertThat(catchThrowable(() -> running.result().get(20, TimeUnit.SECONDS)))
              .isInstanceOf(CancellationException.class);
          assertThat(style.<Long>use(pool.connection(), MariadbTest::id)).isEqualTo(own);
          return null;
        });
    assertThat(rows()).isZero();
  }

  /** Outside of a transaction it holds for the next one, which is another body's. */
  @Test
  void connection_nextTransactionIsSetBySql_isAnotherOneForTheNextBody() throws Exception {
    Jdbc.pool(Mariadb.dataSource(), PoolSettings.ofSize(1))
        .run(pool -> {
          pool.connection().run(connection -> Setting.run(connection, "set transaction read only"));
          pool.transaction().run(connection -> Setting.insert(connection, 1));
        });

    assertThat(rows()).isEqualTo(1);
  }

  /** The server commits when a table is made, and knows the savepoint no more. */
  @Test
  void savepoint_isCommittedByAStatement_outcomeIsUnknown() throws Exception {
    Throwable thrown =
        catchThrowable(() ->
            Jdbc.transaction(Mariadb.dataSource())
                .use(outer ->
                    Jdbc.transaction(outer, TRANSFER)
                        .use(inner -> {
                          Setting.insert(inner, 1);
                          return Setting.run(inner, "create table if not exists other (id int)");
                        })));

    assertThat(thrown)
        .isInstanceOfSatisfying(
            TransactionException.class,
            told -> assertThat(told.outcome()).isEqualTo(Outcome.UNKNOWN))
        .hasMessageStartingWith("transfer: its exit commits nothing: the transaction was ended")
        .satisfies(told ->
            assertThat(told.getSuppressed()[0])
                .hasMessageStartingWith("transfer: the rollback to the savepoint failed: "));
    assertThat(rows()).isEqualTo(1);
  }

  /** A server that computes takes no notice of a client that has hung up. */
  @Test
  void statement_interruptionCostsTheConnectionBeforeTheServerHasIt_endsThere() throws Exception {
    PoolSettings inPlace =
        PoolSettings.ofSize(1).withInterruption(PoolSettings.Interruption.LOSES_CONNECTION);
    try (var proxy = new DroppingProxy(MariadbServer.port())) {
      DroppingProxy.Hold statement = proxy.hold(SLOW);
      var own = new CompletableFuture<Long>();
      Jdbc.pool(Mariadb.overPort(proxy.port()), inPlace)
          .run(pool -> {
            Running<Long> running =
                Setting.POSTGRESQL_DIRECT.begin(
                    pool.connection(),
                    connection -> {
                      own.complete(id(connection));
                      return Setting.ask(connection, SLOW);
                    });
            Async.await(statement.reached());
            running.end().run();
            assertThat(catchThrowable(() -> Async.await(running.result())))
                .isInstanceOf(CancellationException.class);
            statement.letGo();
          });

      while (sessions(own.join()) > 0) {
        Async.sleep(Duration.ofMillis(5));
      }
    }
  }

  private static long sessions(long id) throws Exception {
    return Jdbc.connection(Mariadb.dataSource())
        .use(connection ->
            Setting.ask(
                connection,
                "select count(*) from information_schema.processlist where id = " + id));
  }

  @ParameterizedTest
  @EnumSource(names = {"POSTGRESQL_DIRECT", "POSTGRESQL_STAGES"})
  void readOfManyRows_isCancelled_ends(Setting style) throws Exception {
    Jdbc.pool(Mariadb.dataSource(), PoolSettings.ofSize(1))
        .use(pool -> {
          for (int i = 0; i < 50; i++) {
            int last = 1 + (i * 137) % 5_000;
            var reached = new CompletableFuture<Void>();
            Running<Integer> running =
                style.begin(pool.transaction(), connection -> read(connection, last, reached));
            Async.await(reached);
            running.end().run();

            assertThat(catchThrowable(() -> running.result().get(20, TimeUnit.SECONDS)))
                .isInstanceOf(CancellationException.class);
            assertThat(pool.inUse()).isZero();
          }
          return null;
        });
  }

  private static int read(Connection connection, int last, CompletableFuture<Void> reached)
      throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("select seq from seq_1_to_5000")) {
      int seen = 0;
      while (result.next()) {
        if (++seen == last) {
          reached.complete(null);
        }
      }
      return Math.toIntExact(Setting.ask(connection, SLOW));
    }
  }

  @Test
  void limits_ofATransaction_holdAndArePutBack() throws Exception {
    Jdbc.pool(Mariadb.dataSource(), PoolSettings.ofSize(2))
        .use(pool -> {
          long own = pool.connection().use(MariadbTest::id);
          TransactionOptions limited =
              TRANSFER.statementTimeout(Duration.ofMillis(100)).lockWait(Duration.ofMillis(100));
          Throwable thrown =
              catchThrowable(
                  () -> pool.transaction(limited).use(connection -> Setting.ask(connection, SLOW)));

          assertThat(thrown)
              .isInstanceOf(SQLException.class)
              .hasMessageContaining("max_statement_time exceeded");
          pool.connection()
              .use(connection -> {
                assertThat(id(connection)).isEqualTo(own);
                assertThat(
                        Setting.ask(
                            connection,
                            "select @@max_statement_time = @@global.max_statement_time and"
                                + " @@innodb_lock_wait_timeout = @@global.innodb_lock_wait_timeout"))
                    .isEqualTo(1);
                return null;
              });
          return null;
        });
  }

  @Test
  void lockWait_anotherTransactionHasTheRow_statementFails() throws Exception {
    Jdbc.pool(Mariadb.dataSource(), PoolSettings.ofSize(2))
        .use(pool -> {
          pool.transaction().use(connection -> Setting.insert(connection, 1));
          return pool.transaction()
              .use(locking -> {
                Setting.run(locking, "update entry set id = 2");
                Throwable thrown =
                    catchThrowable(() ->
                        pool.transaction(TRANSFER.lockWait(Duration.ofMillis(100)))
                            .use(waiting -> Setting.run(waiting, "update entry set id = 3")));
                assertThat(thrown)
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("Lock wait timeout exceeded");
                return null;
              });
        });
  }
}
