package dev.withal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.AsyncContextManager;
import dev.withal.Body;
import dev.withal.database.testing.stories.Running;
import dev.withal.testkit.LeakCheck;
import java.sql.Connection;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import javax.sql.DataSource;
import org.assertj.core.util.Throwables;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the executor is asked for, and what becomes of a context when it refuses. */
@ExtendWith(LeakCheck.class)
class ExecutorTest {
  private static final String REFUSED =
      "orders: the executor for driver calls refused a call, which was not made: keep the executor"
          + " open, with room for one call per connection, until the contexts have exited";

  private final CountingExecutor executor = new CountingExecutor();
  private final PoolSettings one = PoolSettings.ofSize(1).on(executor);

  // ---- what it is asked for --------------------------------------------------------------------

  @Test
  void connection_usedForNothing_isNoCall() throws Exception {
    assertThat(callsOf(Pool::connection, _ -> null)).isZero();
  }

  @Test
  void connection_usedForOneStatement_isOneCall() throws Exception {
    assertThat(callsOf(Pool::connection, connection -> Setting.ask(connection, "select 42")))
        .isEqualTo(1);
  }

  @Test
  void connection_alteredByItsBody_isPutBackByACall() throws Exception {
    assertThat(
            callsOf(
                Pool::connection,
                connection -> {
                  connection.setAutoCommit(false);
                  return null;
                }))
        .isEqualTo(2);
  }

  @Test
  void connection_whoseStatementIsLeftOpen_isPutBackByACall() throws Exception {
    assertThat(callsOf(Pool::connection, Connection::createStatement)).isEqualTo(1);
  }

  @Test
  void connection_inStageStyle_isTakenByACall() throws Exception {
    Jdbc.pool(Setting.h2("test"), one)
        .use(pool -> {
          open(pool);
          int before = executor.accepted.get();
          Async.await(pool.connection().useAsync(_ -> CompletableFuture.completedStage(null)));
          assertThat(executor.accepted.get() - before).isEqualTo(1);
          return null;
        });
  }

  @Test
  void transaction_ofOneStatement_isThreeCalls() throws Exception {
    assertThat(callsOf(Pool::transaction, connection -> Setting.ask(connection, "select 42")))
        .isEqualTo(3);
  }

  /** PostgreSQL's driver sends its begin with the first statement. */
  @Test
  void transaction_inDirectStyleOnPostgresql_beginsWithoutACall() throws Exception {
    Jdbc.pool(Postgres.dataSource(), one)
        .use(pool -> {
          pool.connection().use(connection -> Setting.ask(connection, "select 42"));
          int before = executor.accepted.get();

          boolean began =
              pool.transaction()
                  .use(connection -> {
                    assertThat(executor.accepted).hasValue(before);
                    Setting.ask(connection, "select 42");
                    return !connection.getAutoCommit();
                  });

          assertThat(began).isTrue();
          assertThat(executor.accepted).hasValue(before + 3);
          return null;
        });
  }

  @Test
  void transaction_withALevelOfItsOwn_beginsByACall() throws Exception {
    Jdbc.pool(Postgres.dataSource(), one)
        .use(pool -> {
          pool.connection().use(connection -> Setting.ask(connection, "select 42"));
          int before = executor.accepted.get();

          pool.transaction(TransactionOptions.DEFAULT.isolation(IsolationLevel.SERIALIZABLE))
              .use(_ -> null);

          assertThat(executor.accepted).hasValue(before + 2);
          return null;
        });
  }

  @Test
  void threadsOfAPool_endWithIt() throws Exception {
    var kept = new CompletableFuture<Thread>();
    DataSource source =
        SecretsTest.source(() -> {
          kept.complete(Thread.currentThread());
          return Setting.h2("test").getConnection();
        });
    Jdbc.pool(source, PoolSettings.ofSize(1))
        .use(pool -> {
          open(pool);
          assertThat(kept.join().isAlive()).isTrue();
          return null;
        });
    assertThat(kept.join().join(Duration.ofSeconds(10))).isTrue();
  }

  /** To open a connection is a call as well, and to begin a body on it is part of that. */
  @Test
  void connection_isOpened_isOneCall() throws Exception {
    Jdbc.pool(Setting.h2("test"), one)
        .use(pool -> {
          open(pool);
          assertThat(executor.accepted).hasValue(2);
          return null;
        });
  }

  private static void open(Pool pool) throws Exception {
    pool.connection().use(_ -> null);
  }

  private int callsOf(
      Function<Pool, AsyncContextManager<Connection>> manager, Body<Connection, ?, Exception> body)
      throws Exception {
    return Jdbc.pool(Setting.h2("test"), one)
        .use(pool -> {
          open(pool);
          int before = executor.accepted.get();
          manager.apply(pool).use(body);
          return executor.accepted.get() - before;
        });
  }

  // ---- when it refuses -------------------------------------------------------------------------

  @Test
  void enter_isRefused_saysSoAndHoldsNothing() throws Exception {
    Jdbc.pool(Setting.h2("test"), one)
        .use(pool -> {
          executor.refuses = true;
          Throwable connection =
              catchThrowable(() ->
                  Async.await(
                      pool.connection("orders")
                          .useAsync(_ -> CompletableFuture.completedStage(null))));
          Throwable transaction =
              catchThrowable(() ->
                  pool.transaction(TransactionOptions.DEFAULT.named("orders")).use(_ -> null));
          executor.refuses = false;

          assertRefused(connection);
          assertRefused(transaction);
          assertThat(pool.inUse()).isZero();
          return pool.connection().use(inside -> Setting.ask(inside, "select 42"));
        });
  }

  @ParameterizedTest
  @EnumSource(names = {"POSTGRESQL_DIRECT", "POSTGRESQL_PLATFORM", "POSTGRESQL_STAGES"})
  void statement_isRefused_transactionIsRolledBackAndItsConnectionGoesOn(Setting setting)
      throws Exception {
    setting.makeTable();
    Jdbc.pool(setting.dataSource(), one)
        .use(pool -> {
          var before = new CompletableFuture<Long>();
          Throwable thrown =
              catchThrowable(() ->
                  setting.use(
                      pool.transaction(TransactionOptions.DEFAULT.named("orders")),
                      connection -> {
                        before.complete(Backends.pid(connection));
                        Setting.insert(connection, 1);
                        executor.refuses = true;
                        return Setting.insert(connection, 2);
                      }));
          executor.refuses = false;

          assertRefused(thrown);
          assertThat(pool.inUse()).isZero();
          long after = pool.connection().use(Backends::pid);
          assertThat(after).isEqualTo(before.join());
          return null;
        });
    assertThat(setting.rows()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(names = {"POSTGRESQL_DIRECT", "POSTGRESQL_PLATFORM", "POSTGRESQL_STAGES"})
  void allIsRefused_whileAStatementRuns_itIsCancelledAndItsConnectionGoesOn(Setting setting)
      throws Exception {
    setting.makeTable();
    Jdbc.pool(setting.dataSource(), one)
        .use(pool -> {
          var pid = new CompletableFuture<Long>();
          Running<Object> running =
              setting.begin(
                  pool.transaction(),
                  connection -> {
                    Setting.insert(connection, 1);
                    pid.complete(Backends.pid(connection));
                    return connection.createStatement().executeQuery("select pg_sleep(600)");
                  });
          Backends.awaitThat(Async.await(pid), "wait_event = 'PgSleep'");

          executor.refuses = true;
          running.end().run();
          Throwable thrown = catchThrowable(() -> Async.await(running.result()));
          executor.refuses = false;

          assertThat(thrown).isInstanceOf(CancellationException.class);
          assertThat(Throwables.getStackTrace(thrown)).doesNotContain("RejectedExecution");
          assertThat(pool.inUse()).isZero();
          long after = pool.connection().use(Backends::pid);
          assertThat(after).isEqualTo(pid.join());
          return null;
        });
    assertThat(setting.rows()).isEmpty();
  }

  /** Another session has locked the table until then. */
  @ParameterizedTest
  @EnumSource(names = {"POSTGRESQL_DIRECT", "POSTGRESQL_PLATFORM", "POSTGRESQL_STAGES"})
  void allIsRefused_whileAStatementRuns_itsTransactionIsCommitted(Setting setting)
      throws Exception {
    setting.makeTable();
    Jdbc.pool(setting.dataSource(), one)
        .use(pool -> {
          var pid = new CompletableFuture<Long>();
          Running<Integer> running =
              Jdbc.transaction(setting.dataSource())
                  .use(locking -> {
                    Setting.run(locking, "lock table entry");
                    Running<Integer> begun =
                        setting.begin(
                            pool.transaction(),
                            connection -> {
                              pid.complete(Backends.pid(connection));
                              return Setting.insert(connection, 1);
                            });
                    Backends.awaitThat(Async.await(pid), "wait_event_type = 'Lock'");
                    executor.refuses = true;
                    return begun;
                  });

          assertThat(Async.await(running.result())).isEqualTo(1);
          assertThat(pool.inUse()).isZero();
          executor.refuses = false;
          return null;
        });
    assertThat(setting.rows()).containsExactly(1);
  }

  private static void assertRefused(Throwable thrown) {
    assertThat(thrown)
        .isInstanceOf(RejectedExecutionException.class)
        .hasMessage(REFUSED)
        .hasRootCauseMessage("full");
  }
}
