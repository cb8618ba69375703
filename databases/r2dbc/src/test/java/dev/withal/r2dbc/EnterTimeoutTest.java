package dev.withal.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.database.Bounds;
import dev.withal.database.testing.DroppingProxy;
import dev.withal.database.testing.PostgresServer;
import dev.withal.testkit.LeakCheck;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.ValidationDepth;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** All that an enter does shares its time, however long each step alone could take. */
@ExtendWith(LeakCheck.class)
class EnterTimeoutTest {
  private static final Duration NEVER = Duration.ofHours(1);

  /** The bound on an enter alone can end one in time. */
  private static final PoolSettings HASTY =
      PoolSettings.ofSize(1)
          .withEnterTimeout(Duration.ofSeconds(2))
          .withBounds(new Bounds(NEVER, NEVER, Duration.ofMillis(300), Duration.ofSeconds(10)));

  private static final PoolHooks.Hook ENDLESS = _ -> new CompletableFuture<>();

  private static Throwable failureOfAnEnter(String url, PoolSettings settings) throws Exception {
    return R2dbc.pool(url, settings)
        .use(pool -> {
          Throwable thrown = catchThrowable(() -> pool.connection("report").use(_ -> null));
          assertThat(pool.inUse()).isZero();
          assertThat(pool.idle()).isZero();
          return thrown;
        });
  }

  @Test
  void newConnection_isSilentWhenItIsValidated_enterFailsInTime() throws Exception {
    try (var proxy = new DroppingProxy(PostgresServer.port())) {
      proxy.dropAt("SELECT 1");

      assertThat(
              failureOfAnEnter(
                  Postgres.urlOverPort(proxy.port()), HASTY.withValidation(ValidationDepth.REMOTE)))
          .isInstanceOf(R2dbcException.class)
          .hasMessageStartingWith("report got no connection of ")
          .hasMessageEndingWith(": a new connection isn't valid");
    }
  }

  @Test
  void onOpen_neverEnds_enterFailsInTime() throws Exception {
    assertThat(failureOfAnEnter(Postgres.url(), HASTY.withHooks(PoolHooks.NONE.onOpen(ENDLESS))))
        .isInstanceOf(R2dbcException.class)
        .hasMessageContaining("closed by force");
  }

  @Test
  void onLend_neverEnds_enterFailsInTime() throws Exception {
    assertThat(failureOfAnEnter(Postgres.url(), HASTY.withHooks(PoolHooks.NONE.onLend(ENDLESS))))
        .isInstanceOf(R2dbcException.class)
        .hasMessageContaining("closed by force");
  }
}
