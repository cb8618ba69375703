package dev.withal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.database.testing.DroppingProxy;
import dev.withal.database.testing.PostgresServer;
import dev.withal.database.testing.stories.Running;
import dev.withal.testkit.LeakCheck;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.postgresql.core.BaseConnection;

/** A statement is cancelled although its driver or server doesn't do as it is asked. */
@ExtendWith(LeakCheck.class)
class StubbornStatementTest {
  /** As MariaDB was seen to answer a count that it had been told to end: with 0. */
  @ParameterizedTest
  @EnumSource(
      value = Setting.class,
      names = {"POSTGRESQL_DIRECT", "POSTGRESQL_PLATFORM"})
  void statement_isAskedToEndAndAnswersWithAValue_failsAndIsRolledBack(Setting setting)
      throws Exception {
    setting.makeTable();
    Jdbc.pool(Postgres.dataSource(), PoolSettings.ofSize(1))
        .use(pool -> {
          var pid = new CompletableFuture<Long>();
          Running<Long> running =
              setting.begin(
                  pool.transaction(),
                  connection -> {
                    Setting.run(
                        connection,
                        """
                        create function pg_temp.obstinate() returns int language plpgsql as $$
                        begin perform pg_sleep(600); return 1;
                        exception when query_canceled then return 0; end $$\
                        """);
                    Setting.insert(connection, 1);
                    pid.complete(CancellationTest.pid(connection));
                    return Setting.ask(connection, "select pg_temp.obstinate() /* pg_sleep */");
                  });
          CancellationTest.awaitSleeping(Async.await(pid));

          running.end().run();

          assertThat(catchThrowable(() -> Async.await(running.result())))
              .isInstanceOf(CancellationException.class)
              .hasMessage("transaction was interrupted, which cancels its running call");
          assertThat(setting.rows()).isEmpty();
          return null;
        });
  }

  /** A server that computes takes no notice of a client that has hung up. */
  @Test
  void statement_interruptionCostsTheConnectionBeforeTheServerHasIt_endsThere() throws Exception {
    String forDays =
        "select count(*) from generate_series(1, 1000000) a, generate_series(1, 1000000) b";
    PoolSettings inPlace =
        PoolSettings.ofSize(1).withInterruption(PoolSettings.Interruption.LOSES_CONNECTION);
    try (var proxy = new DroppingProxy(PostgresServer.port())) {
      DroppingProxy.Hold statement = proxy.hold(forDays);
      var pid = new CompletableFuture<Long>();
      Jdbc.pool(Postgres.overPort(proxy.port()), inPlace)
          .run(pool -> {
            Running<Long> running =
                Setting.POSTGRESQL_DIRECT.begin(
                    pool.connection(),
                    connection -> {
                      pid.complete(CancellationTest.pid(connection));
                      return Setting.ask(connection, forDays);
                    });
            Async.await(statement.reached());
            running.end().run();
            assertThat(catchThrowable(() -> Async.await(running.result())))
                .isInstanceOf(CancellationException.class);
            statement.letGo();
          });

      while (sessions(pid.join()) > 0) {
        Async.sleep(Duration.ofMillis(5));
      }
    }
  }

  private static long sessions(long pid) throws Exception {
    return Jdbc.connection(Postgres.dataSource())
        .use(connection ->
            Setting.ask(connection, "select count(*) from pg_stat_activity where pid = " + pid));
  }

  /** On a busy machine, the driver may find its socket closed before the request is made. */
  @Test
  void statement_connectionIsLostBeforeTheRequest_endsOnTheServer() throws Exception {
    PoolSettings inPlace =
        PoolSettings.ofSize(1).withInterruption(PoolSettings.Interruption.LOSES_CONNECTION);
    Jdbc.pool(late(DataSource.class, Postgres.dataSource()), inPlace)
        .use(pool -> {
          var pid = new CompletableFuture<Long>();
          Running<Object> running =
              Setting.POSTGRESQL_DIRECT.begin(
                  pool.connection(),
                  connection -> {
                    pid.complete(CancellationTest.pid(connection));
                    return connection.createStatement().executeQuery("select pg_sleep(600)");
                  });
          CancellationTest.awaitSleeping(Async.await(pid));

          running.end().run();

          assertThat(catchThrowable(() -> Async.await(running.result())))
              .isInstanceOf(CancellationException.class)
              .hasNoSuppressedExceptions();
          while (CancellationTest.sleeping(pid.join()) > 0) {
            Async.sleep(Duration.ofMillis(5));
          }
          return null;
        });
  }

  /** {@return the same, whose requests to cancel are made only once the connection is closed} */
  private static <T> T late(Class<T> type, Object target) {
    return type.cast(
        Proxy.newProxyInstance(
            StubbornStatementTest.class.getClassLoader(),
            new Class<?>[] {type},
            (self, method, given) -> {
              if (method.getName().equals("unwrap")) {
                return self;
              }
              if (List.of("cancelQuery", "getQueryExecutor").contains(method.getName())) {
                while (!((Connection) target).isClosed()) {
                  Async.sleep(Duration.ofMillis(5));
                }
              }
              try {
                Object result = method.invoke(target, given);
                return method.getName().equals("getConnection")
                    ? late(BaseConnection.class, result)
                    : result;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }));
  }

  @Test
  void statement_driverPassesOverTheFirstRequest_isAskedAgain() throws Exception {
    var pid = new CompletableFuture<Long>();
    var requests = new AtomicInteger();
    try (Connection connection = Postgres.dataSource().getConnection()) {
      CompletableFuture<Object> use =
          Jdbc.transaction(deaf(Connection.class, connection, requests))
              .<Object>useAsync(inside ->
                  Jdbc.callAsync(
                      inside,
                      _ -> {
                        pid.complete(CancellationTest.pid(inside));
                        return inside.createStatement().executeQuery("select pg_sleep(600)");
                      }));
      CancellationTest.awaitSleeping(Async.await(pid));

      use.cancel(true);

      assertThat(catchThrowable(() -> Async.await(use))).isInstanceOf(CancellationException.class);
      assertThat(requests).hasValue(2);
    }
  }

  /**
   * {@return the same, but the first request to cancel a statement is passed over} Its driver isn't
   * known.
   */
  private static <T> T deaf(Class<T> type, T target, AtomicInteger requests) {
    return type.cast(
        Proxy.newProxyInstance(
            StubbornStatementTest.class.getClassLoader(),
            new Class<?>[] {type},
            (self, method, given) -> {
              if (method.getName().equals("unwrap")) {
                return self;
              }
              if (method.getName().equals("cancel") && requests.incrementAndGet() == 1) {
                return null;
              }
              try {
                Object result = method.invoke(target, given);
                return method.getName().equals("createStatement")
                    ? deaf(Statement.class, (Statement) result, requests)
                    : result;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }));
  }
}
