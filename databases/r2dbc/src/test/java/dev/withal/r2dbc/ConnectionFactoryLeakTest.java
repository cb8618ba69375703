package dev.withal.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import dev.withal.testkit.LeakCheck;
import io.r2dbc.spi.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import reactor.core.publisher.BaseSubscriber;

/**
 * A connection of a connection factory that nobody closes is found as any leak, by the line of its
 * user.
 */
class ConnectionFactoryLeakTest {

  @AfterEach
  void closeAfterAll() throws InterruptedException {
    for (Connection dropped : Sample.DROPPED) {
      ConnectionFactoryTest.await(dropped.close());
    }
    Sample.DROPPED.clear();
  }

  @Test
  void connection_ofAPool_isNeverClosed_isToldByTheLineThatTookIt() {
    assertThat(failuresOf("ofAPool"))
        .singleElement()
        .asString()
        .containsPattern(
            "orders was entered once, at ConnectionFactoryLeakTest\\.java:\\d+, and exited 0 times");
  }

  @Test
  void connection_ofATransaction_isNeverClosed_isToldByTheLineThatTookIt() {
    assertThat(failuresOf("ofATransaction"))
        .singleElement()
        .asString()
        .matches(
            "transaction, connection factory was entered once, at ConnectionFactoryLeakTest\\.java:\\d+, and"
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
      CompletableFuture<Boolean> use =
          R2dbc.pool(Setting.H2_MEMORY_STAGES.factory(), PoolSettings.ofSize(1))
              .useAsync(pool -> {
                pool.connectionFactory("orders").create().subscribe(new Keeps(DROPPED));
                return CompletableFuture.completedFuture(true);
              });
      assertThat(use).isNotDone();
    }

    @Test
    void ofATransaction() throws Exception {
      R2dbc.pool(Setting.H2_MEMORY_STAGES.url())
          .use(pool ->
              pool.transaction()
                  .use(outer -> {
                    R2dbc.connectionFactory(outer).create().subscribe(new Keeps(DROPPED));
                    return null;
                  }));
    }
  }

  /** Never closes what it gets. */
  private static final class Keeps extends BaseSubscriber<Connection> {
    private final List<Connection> kept;

    Keeps(List<Connection> kept) {
      this.kept = kept;
    }

    @Override
    protected void hookOnNext(Connection connection) {
      kept.add(connection);
    }
  }
}
