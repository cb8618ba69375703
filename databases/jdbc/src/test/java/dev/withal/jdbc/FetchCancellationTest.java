package dev.withal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.database.testing.PostgresServer;
import dev.withal.database.testing.stories.Running;
import dev.withal.testkit.LeakCheck;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sql.DataSource;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.postgresql.ds.PGSimpleDataSource;

/** A cancelled body that waits for the next rows ends as one that waits for its statement does. */
@ExtendWith(LeakCheck.class)
class FetchCancellationTest {
  private static final String SLOW_SECOND_ROW =
      "select pg_sleep(case when g > 1 then 600 else 0 end) from generate_series(1, 3) g";

  /** The server has sent the first row, and the second one is what takes its time. */
  @ParameterizedTest
  @EnumSource(
      value = Setting.class,
      names = {"POSTGRESQL_DIRECT", "POSTGRESQL_PLATFORM", "POSTGRESQL_STAGES"})
  void fetchOfRows_bodyIsCancelled_endsOnTheServerAndTheConnectionIsLentAgain(Setting setting)
      throws Exception {
    assertEndsOnTheServer(setting, Postgres.dataSource(), statement -> statement.setFetchSize(1));
  }

  /** As {@code defaultRowFetchSize} in its URL does. */
  @ParameterizedTest
  @EnumSource(
      value = Setting.class,
      names = {"POSTGRESQL_DIRECT", "POSTGRESQL_PLATFORM", "POSTGRESQL_STAGES"})
  void fetchOfRows_driverSetsTheSize_endsOnTheServerAndTheConnectionIsLentAgain(Setting setting)
      throws Exception {
    PGSimpleDataSource dataSource = Postgres.overPort(PostgresServer.port());
    dataSource.setDefaultRowFetchSize(1);

    assertEndsOnTheServer(setting, dataSource, _ -> {});
  }

  /** Says how many rows are fetched at a time. */
  private interface FetchSize {
    void set(Statement statement) throws SQLException;
  }

  private static void assertEndsOnTheServer(Setting setting, DataSource dataSource, FetchSize size)
      throws Exception {
    Jdbc.pool(dataSource, PoolSettings.ofSize(1))
        .use(pool -> {
          var pid = new CompletableFuture<Long>();
          List<String> events = new CopyOnWriteArrayList<>();
          Running<Object> running =
              setting.begin(
                  pool.transaction(),
                  connection -> {
                    try (Statement statement = connection.createStatement()) {
                      size.set(statement);
                      ResultSet rows = statement.executeQuery(SLOW_SECOND_ROW);
                      events.add("first row: " + rows.next());
                      pid.complete(CancellationTest.pid(connection));
                      return rows.next();
                    } catch (Throwable error) {
                      events.add(error.getClass().getSimpleName());
                      throw error;
                    }
                  });
          CancellationTest.awaitSleeping(Async.await(pid));

          running.end().run();
          Throwable thrown = catchThrowable(() -> Async.await(running.result()));

          assertThat(thrown).isInstanceOf(CancellationException.class);
          assertThat(events).containsExactly("first row: true", "CancellationException");
          assertThat(CancellationTest.sleeping(pid.join())).isZero();
          long next = pool.connection().use(CancellationTest::pid);
          assertThat(next).isEqualTo(pid.join());
          return null;
        });
  }
}
