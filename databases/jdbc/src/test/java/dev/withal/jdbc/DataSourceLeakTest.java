package dev.withal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import dev.withal.Async;
import dev.withal.AsyncContextManager;
import dev.withal.testkit.LeakCheck;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * A connection of a data source that nobody closes is found as any leak, by the line of its user.
 */
class DataSourceLeakTest {

  @AfterEach
  void closeAfterAll() throws SQLException {
    for (Connection dropped : Sample.DROPPED) {
      dropped.close();
    }
    Sample.DROPPED.clear();
  }

  @Test
  void connection_ofAPool_isNeverClosed_isToldByTheLineThatTookIt() {
    // The place of the pool, the connection, and both.
    assertThat(failuresOf("ofAPool"))
        .singleElement()
        .asString()
        .matches(
            "(orders was entered once, at DataSourceLeakTest\\.java:\\d+, and exited 0 times(; )?){3}");
  }

  @Test
  void connection_ofATransaction_isNeverClosed_isToldByTheLineThatTookIt() {
    assertThat(failuresOf("ofATransaction"))
        .singleElement()
        .asString()
        .matches(
            "Jdbc.transaction, data source was entered once, at DataSourceLeakTest\\.java:\\d+, and"
                + " exited 0 times");
  }

  private static List<String> failuresOf(String method) {
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(selectMethod(Sample.class, method))
            .build();
    var failures = new ArrayList<String>();
    LauncherFactory.create()
        .execute(
            request,
            new TestExecutionListener() {
              @Override
              public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                result.getThrowable().ifPresent(error -> failures.add(error.getMessage()));
              }
            });
    return failures;
  }

  /** Run by the tests above only. */
  @ExtendWith(LeakCheck.class)
  static class Sample {
    private static final List<Connection> DROPPED = new ArrayList<>();

    @Test
    void ofAPool() throws Exception {
      var leaking = new CompletableFuture<Pool>();
      CompletableFuture<Boolean> use =
          Jdbc.pool(Setting.h2("test"), PoolSettings.ofSize(1))
              .useAsync(pool -> {
                DROPPED.add(take(pool.dataSource("orders")));
                return CompletableFuture.completedFuture(leaking.complete(pool));
              });
      awaitExit(Async.await(leaking));
      assertThat(use).isNotDone();
    }

    /** Waits until the pool isn't only full, but closed. */
    private static void awaitExit(Pool pool) {
      AsyncContextManager<Connection> another =
          pool.connection("another").enterTimeout(Duration.ofMillis(10));
      Throwable refusal = null;
      while (!(refusal instanceof IllegalStateException)) {
        refusal = catchThrowable(() -> another.run(_ -> {}));
      }
    }

    private static Connection take(DataSource dataSource) {
      try {
        return dataSource.getConnection();
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }

    @Test
    void ofATransaction() throws Exception {
      Jdbc.transaction(Setting.h2("test"))
          .use(outer -> {
            DROPPED.add(Jdbc.dataSource(outer).getConnection());
            return null;
          });
    }
  }
}
