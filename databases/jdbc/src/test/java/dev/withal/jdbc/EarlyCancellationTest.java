package dev.withal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.database.testing.DroppingProxy;
import dev.withal.database.testing.PostgresServer;
import dev.withal.database.testing.stories.Running;
import dev.withal.testkit.LeakCheck;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A request to cancel a statement isn't lost, however early it comes. */
@ExtendWith(LeakCheck.class)
class EarlyCancellationTest {
  private static final String SLEEP = "select pg_sleep(600)";

  /**
   * PostgreSQL's driver sends one request for a statement, and the server has nothing to cancel.
   */
  @ParameterizedTest
  @EnumSource(
      value = Setting.class,
      names = {"POSTGRESQL_DIRECT", "POSTGRESQL_PLATFORM", "POSTGRESQL_STAGES"})
  void statement_serverGetsTheRequestBeforeIt_isCancelledAllTheSame(Setting setting)
      throws Exception {
    try (var proxy = new DroppingProxy(PostgresServer.port())) {
      DroppingProxy.Hold statement = proxy.hold(SLEEP);
      Jdbc.pool(Postgres.overPort(proxy.port()), PoolSettings.ofSize(1))
          .use(pool -> {
            Running<Object> running =
                setting.begin(
                    pool.connection(),
                    connection -> connection.createStatement().executeQuery(SLEEP));
            Async.await(statement.reached());

            running.end().run();
            while (proxy.ended() == 0) {
              Async.sleep(Duration.ofMillis(5));
            }
            statement.letGo();

            assertThat(catchThrowable(() -> running.result().get(10, TimeUnit.SECONDS)))
                .as("well before the statement's own end")
                .isInstanceOf(CancellationException.class);
            return null;
          });
    }
  }

  /** Many of the requests come before the statement. */
  @Test
  @Tag("stress")
  @Timeout(1_800)
  void statements_areInterruptedInTheirFirstTwoMilliseconds_noneIsLost() throws Exception {
    var random = new Random(16);
    Jdbc.pool(Postgres.dataSource(), PoolSettings.ofSize(10))
        .use(pool -> {
          for (int i = 0; i < 1_000; i++) {
            var uses = new ArrayList<CompletableFuture<Object>>();
            for (int j = 0; j < 10; j++) {
              var begun = new CompletableFuture<Void>();
              Running<Object> running =
                  Setting.POSTGRESQL_DIRECT.begin(
                      pool.connection(),
                      connection -> {
                        begun.complete(null);
                        return connection.createStatement().executeQuery(SLEEP);
                      });
              Async.await(begun);
              CompletableFuture.delayedExecutor(random.nextInt(2_000), TimeUnit.MICROSECONDS)
                  .execute(running.end());
              uses.add(running.result());
            }
            for (CompletableFuture<Object> use : uses) {
              assertThat(catchThrowable(() -> use.get(20, TimeUnit.SECONDS)))
                  .isInstanceOf(CancellationException.class);
            }
          }
          return null;
        });
  }
}
