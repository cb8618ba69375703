package dev.withal.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.database.Holder.Step;
import dev.withal.database.PoolMeters;
import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.r2dbc.spi.Connection;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What is measured of a pool, and who holds its connections. */
@ExtendWith(LeakCheck.class)
class PoolMetersTest {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

  private double gauge(String name) {
    return registry.get("withal.connections." + name).tag("pool", "orders").gauge().value();
  }

  private long count(String name) {
    return registry.get("withal.connections." + name).tag("pool", "orders").timer().count();
  }

  private double timeouts() {
    return registry.get("withal.connections.timeouts").tag("pool", "orders").counter().count();
  }

  @OnEverySetting
  void pool_isBound_isMeasured(Setting setting) throws Exception {
    PoolSettings settings = PoolSettings.ofSize(2).withEnterTimeout(Duration.ofSeconds(2));
    R2dbc.pool(setting.url(), settings)
        .use(pool -> {
          new PoolMeters(pool, "orders").bindTo(registry);
          var held = new CompletableFuture<Void>();
          CompletableFuture<Void> first = pool.connection().useAsync(_ -> held);
          CompletableFuture<Void> second = pool.transaction().useAsync(_ -> held);
          Throwable refused =
              catchThrowable(() ->
                  setting.use(pool.connection(), _ -> CompletableFuture.completedStage(null)));
          assertThat(refused).isInstanceOf(PoolExhaustedException.class);
          assertThat(gauge("active")).isEqualTo(2);
          assertThat(gauge("idle")).isZero();
          held.complete(null);
          CompletableFuture.allOf(first, second).get();

          assertThat(gauge("active")).isZero();
          assertThat(gauge("idle")).isEqualTo(2);
          assertThat(gauge("pending")).isZero();
          assertThat(gauge("max")).isEqualTo(2);
          assertThat(count("wait")).isEqualTo(2);
          assertThat(count("usage")).isEqualTo(2);
          assertThat(count("creation")).isEqualTo(2);
          assertThat(timeouts()).isEqualTo(1);
          return null;
        });

    assertThat(registry.getMeters()).as("the pool is closed").isEmpty();
  }

  @Test
  void timeouts_nothingIsOpened_areCounted() throws Exception {
    PoolSettings settings = PoolSettings.ofSize(1).withEnterTimeout(Duration.ofMillis(300));
    var silent = new ManualPublisher<Connection>(new Journal());
    R2dbc.pool(new ManualFactory(silent), settings)
        .use(pool -> {
          new PoolMeters(pool, "orders").bindTo(registry);
          assertThat(catchThrowable(() -> pool.connection().use(_ -> null))).isNotNull();

          assertThat(timeouts()).isEqualTo(1);
          assertThat(count("creation")).isZero();
          assertThat(count("usage")).isZero();
          return null;
        });
  }

  @Test
  void holders_connectionIsOpenedUsedAndGivenBack_sayInWhichStep() throws Exception {
    var there = new CompletableFuture<Pool>();
    var steps = new Journal();
    PoolHooks.Hook note =
        _ -> {
          steps.add(String.valueOf(there.join().holders().getFirst().step()));
          return CompletableFuture.completedStage(null);
        };
    PoolSettings settings =
        PoolSettings.ofSize(1).withHooks(PoolHooks.NONE.onOpen(note).onReturn(note));
    R2dbc.pool(Setting.H2_MEMORY_DIRECT.url(), settings)
        .use(pool -> {
          there.complete(pool);
          return pool.transaction()
              .use(_ -> {
                assertThat(pool.holders().getFirst().thread()).isSameAs(Thread.currentThread());
                assertThat(pool.holders().getFirst().site()).startsWith("PoolMetersTest");
                steps.add(String.valueOf(pool.holders().getFirst().step()));
                return null;
              });
        });

    assertThat(steps.events())
        .containsExactly(Step.ENTER.name(), Step.BODY.name(), Step.EXIT.name());
  }
}
