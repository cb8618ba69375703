package dev.withal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.database.testing.stories.Running;
import dev.withal.testkit.LeakCheck;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A cancelled body's statement ends on the server, and its connection goes on to work. */
@ExtendWith(LeakCheck.class)
class CancellationTest {
  private static final String SLEEP = "select pg_sleep(600)";

  @ParameterizedTest
  @EnumSource(
      value = Setting.class,
      names = {"POSTGRESQL_DIRECT", "POSTGRESQL_PLATFORM", "POSTGRESQL_STAGES"})
  void statement_bodyIsCancelled_endsOnTheServerAndTheConnectionIsLentAgain(Setting setting)
      throws Exception {
    Jdbc.pool(Postgres.dataSource(), PoolSettings.ofSize(1))
        .use(pool -> {
          var pid = new CompletableFuture<Long>();
          Running<Object> running =
              setting.begin(
                  pool.transaction(),
                  connection -> {
                    pid.complete(pid(connection));
                    return connection.createStatement().executeQuery(SLEEP);
                  });
          awaitSleeping(Async.await(pid));

          running.end().run();
          Throwable thrown = catchThrowable(() -> Async.await(running.result()));

          assertThat(thrown).isInstanceOf(CancellationException.class);
          if (setting.isDirect()) {
            assertThat(thrown)
                .hasMessage("transaction was interrupted, which cancels its running call");
            assertThat(thrown.getCause())
                .isInstanceOfSatisfying(
                    SQLException.class, told -> assertThat(told.getSQLState()).isEqualTo("57014"));
          }
          assertThat(sleeping(pid.join())).isZero();
          long next = pool.connection().use(CancellationTest::pid);
          assertThat(next).isEqualTo(pid.join());
          return null;
        });
  }

  /** The thread is in the driver itself, whose socket is closed. */
  @Test
  void statement_interruptionMayCostTheConnection_endsOnTheServerAndAnotherOneIsLent()
      throws Exception {
    PoolSettings inPlace =
        PoolSettings.ofSize(1).withInterruption(PoolSettings.Interruption.LOSES_CONNECTION);
    Jdbc.pool(Postgres.dataSource(), inPlace)
        .use(pool -> {
          var pid = new CompletableFuture<Long>();
          var driver = new CompletableFuture<Thread>();
          Running<Object> running =
              Setting.POSTGRESQL_DIRECT.begin(
                  pool.transaction(),
                  connection -> {
                    pid.complete(pid(connection));
                    driver.complete(Thread.currentThread());
                    return connection.createStatement().executeQuery(SLEEP);
                  });
          awaitSleeping(Async.await(pid));
          assertThat(driver.join().getStackTrace())
              .as("it is in the driver")
              .anyMatch(frame -> frame.getClassName().startsWith("org.postgresql."));

          running.end().run();

          assertThat(catchThrowable(() -> Async.await(running.result())))
              .isInstanceOf(CancellationException.class)
              .hasMessage("transaction was interrupted, which cancels its running call");
          awaitEnded(pid.join());
          long next = pool.connection().use(CancellationTest::pid);
          assertThat(next).isNotEqualTo(pid.join());
          assertThat(pool.inUse()).isZero();
          return null;
        });
  }

  @Test
  void statement_bodyTimesOut_endsOnTheServer() throws Exception {
    var pid = new CompletableFuture<Long>();
    CompletableFuture<Object> use =
        Jdbc.transaction(Postgres.dataSource())
            .<Object>useAsync(connection ->
                Jdbc.callAsync(
                    connection,
                    inside -> {
                      pid.complete(pid(inside));
                      return inside.prepareStatement(SLEEP).executeQuery();
                    }));
    awaitSleeping(Async.await(pid));

    use.orTimeout(1, TimeUnit.MILLISECONDS);

    assertThat(catchThrowable(() -> Async.await(use))).isInstanceOf(TimeoutException.class);
    assertThat(sleeping(pid.join())).isZero();
  }

  @Test
  void statement_timeoutInDirectStyle_endsOnTheServer() throws Exception {
    var pid = new CompletableFuture<Long>();

    Throwable thrown =
        catchThrowable(() ->
            Jdbc.transaction(Postgres.dataSource())
                .use(connection -> {
                  pid.complete(pid(connection));
                  return Async.timeout(Duration.ofMillis(50))
                      .<Object, SQLException>use(
                          _ -> connection.createStatement().executeQuery(SLEEP));
                }));

    assertThat(thrown).isInstanceOf(TimeoutException.class);
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
    assertThat(sleeping(pid.join())).isZero();
  }

  /** The body has a thread of its own, which nobody tells of the cancellation. */
  @Test
  void statement_bodyIgnoresTheCancellation_isCancelledByTheExit() throws Exception {
    Jdbc.pool(Postgres.dataSource(), PoolSettings.ofSize(1))
        .use(pool -> {
          var pid = new CompletableFuture<Long>();
          var failure = new CompletableFuture<Throwable>();
          CompletableFuture<Object> use =
              pool.transaction()
                  .grace(Duration.ZERO)
                  .useAsync(connection -> {
                    Thread.startVirtualThread(() ->
                        failure.complete(
                            catchThrowable(() -> {
                              pid.complete(pid(connection));
                              connection.createStatement().executeQuery(SLEEP);
                            })));
                    return new CompletableFuture<>();
                  });
          awaitSleeping(Async.await(pid));

          use.cancel(true);

          assertThat(catchThrowable(() -> Async.await(use)))
              .isInstanceOf(CancellationException.class);
          assertThat(Async.await(failure))
              .isInstanceOfSatisfying(
                  SQLException.class, told -> assertThat(told.getSQLState()).isEqualTo("57014"));
          assertThat(sleeping(pid.join())).isZero();
          long next = pool.connection().use(CancellationTest::pid);
          assertThat(next).as("the body may still use its connection").isNotEqualTo(pid.join());
          return null;
        });
  }

  @Test
  void statement_hasTheExecutorsOnlyThread_isCancelledAllTheSame() throws Exception {
    try (ExecutorService one = Executors.newSingleThreadExecutor()) {
      var pid = new CompletableFuture<Long>();
      CompletableFuture<Object> use =
          Jdbc.connection(Postgres.dataSource(), one)
              .<Object>useAsync(connection ->
                  Jdbc.callAsync(
                      connection,
                      inside -> {
                        pid.complete(pid(inside));
                        return inside.createStatement().executeQuery(SLEEP);
                      }));
      awaitSleeping(Async.await(pid));

      use.cancel(true);

      assertThat(catchThrowable(() -> Async.await(use))).isInstanceOf(CancellationException.class);
      assertThat(sleeping(pid.join())).isZero();
    }
  }

  @Test
  void statement_threadIsInterruptedBefore_isNotWaitedFor() throws Exception {
    Throwable thrown =
        Jdbc.connection(Postgres.dataSource())
            .use(connection -> {
              Thread.currentThread().interrupt();
              Throwable refused =
                  catchThrowable(() -> connection.createStatement().executeQuery(SLEEP));
              assertThat(Thread.interrupted()).isTrue();
              assertThat(Setting.ask(connection, "select 42")).isEqualTo(42);
              return refused;
            });

    assertThat(thrown).isInstanceOf(CancellationException.class);
  }

  static long pid(Connection connection) throws SQLException {
    return Setting.ask(connection, "select pg_backend_pid()");
  }

  static long sleeping(long pid) throws Exception {
    return Jdbc.connection(Postgres.dataSource())
        .use(connection ->
            Setting.ask(
                connection,
                "select count(*) from pg_stat_activity where query like '%pg_sleep%' and state ="
                    + " 'active' and pid = "
                    + pid));
  }

  /** The server is asked past the closed connection, which nobody waits for. */
  private static void awaitEnded(long pid) throws Exception {
    while (sleeping(pid) > 0) {
      Async.sleep(Duration.ofMillis(5));
    }
  }

  static void awaitSleeping(long pid) throws Exception {
    while (sleeping(pid) == 0) {
      Async.sleep(Duration.ofMillis(5));
    }
  }
}
