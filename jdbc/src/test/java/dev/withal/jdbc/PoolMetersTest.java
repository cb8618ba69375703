package dev.withal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.database.Holder;
import dev.withal.database.Holder.Step;
import dev.withal.database.PoolMeters;
import dev.withal.testkit.LeakCheck;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.Connection;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
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
    Jdbc.pool(setting.dataSource(), settings)
        .use(pool -> {
          new PoolMeters(pool, "orders").bindTo(registry);
          setting.use(
              pool.connection(),
              _ ->
                  setting.use(
                      pool.transaction(),
                      _ -> {
                        assertThat(gauge("active")).isEqualTo(2);
                        assertThat(gauge("idle")).isZero();
                        assertThat(
                                catchThrowable(
                                    () -> setting.use(pool.connection(), _ -> "never runs")))
                            .isInstanceOf(PoolExhaustedException.class);
                        return null;
                      }));

          assertThat(gauge("active")).isZero();
          assertThat(gauge("idle")).isEqualTo(2);
          assertThat(gauge("pending")).isZero();
          assertThat(gauge("max")).isEqualTo(2);
          assertThat(count("wait")).isEqualTo(2);
          assertThat(count("usage")).isEqualTo(2);
          assertThat(count("creation")).isEqualTo(2);
          assertThat(timeouts()).isEqualTo(setting.isDirect() ? 0 : 1);
          return null;
        });

    assertThat(registry.getMeters()).as("the pool is closed").extracting(Meter::getId).isEmpty();
  }

  @Test
  void timers_ofAUse_holdItsTimes() throws Exception {
    Jdbc.pool(Setting.h2("test"), PoolSettings.ofSize(1))
        .use(pool -> {
          new PoolMeters(pool, "orders").bindTo(registry);
          var held = new CompletableFuture<Void>();
          CompletableFuture<Void> first = pool.connection().useAsync(_ -> held);
          CompletableFuture<Void> second =
              pool.connection().useAsync(_ -> CompletableFuture.completedStage(null));
          assertThat(gauge("pending")).isEqualTo(1);
          Duration age = pool.holders().getFirst().age();
          held.complete(null);
          first.get(10, TimeUnit.SECONDS);
          second.get(10, TimeUnit.SECONDS);

          var usage = registry.get("withal.connections.usage").timer();
          assertThat(usage.max(TimeUnit.NANOSECONDS)).isPositive();
          assertThat(registry.get("withal.connections.wait").timer().max(TimeUnit.NANOSECONDS))
              .isPositive();
          assertThat(age).isPositive();
          return null;
        });
  }

  @Test
  void timeouts_databaseIsNotThere_areCounted() throws Exception {
    PoolSettings settings = PoolSettings.ofSize(1).withEnterTimeout(Duration.ofMillis(300));
    Jdbc.pool(Postgres.ofNobody(), settings)
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
  void holders_ofBothStyles_sayWhoSinceWhenAndWhere() throws Exception {
    Jdbc.pool(Setting.h2("test"), PoolSettings.ofSize(2))
        .use(pool -> {
          var held = new CompletableFuture<Void>();
          CompletableFuture<Void> stage = pool.connection("report").useAsync(_ -> held);
          pool.connection("orders")
              .use(_ -> {
                assertThat(pool.holders())
                    .extracting(Holder::name)
                    .containsExactly("report", "orders");
                Holder report = pool.holders().get(0);
                Holder orders = pool.holders().get(1);
                assertThat(report.thread()).isNull();
                assertThat(orders.thread()).isSameAs(Thread.currentThread());
                assertThat(orders.step()).isEqualTo(Step.BODY);
                assertThat(orders.age()).isGreaterThanOrEqualTo(Duration.ZERO);
                assertThat(orders.site()).as("a leak check watches").startsWith("PoolMetersTest");
                return null;
              });
          held.complete(null);
          return stage.get(10, TimeUnit.SECONDS);
        });
  }

  @Test
  void holders_connectionIsOpenedAndCommitted_sayInWhichStep() throws Exception {
    var there = new CompletableFuture<Pool>();
    var opened = new CompletableFuture<Step>();
    var returned = new CompletableFuture<Step>();
    PoolHooks hooks =
        PoolHooks.NONE
            .onOpen(_ -> opened.complete(there.join().holders().getFirst().step()))
            .onReturn(_ -> returned.complete(there.join().holders().getFirst().step()));
    Jdbc.pool(Setting.h2("test"), PoolSettings.ofSize(1).withHooks(hooks))
        .use(pool -> {
          there.complete(pool);
          return pool.transaction().use(Connection::getAutoCommit);
        });

    assertThat(opened).isCompletedWithValue(Step.ENTER);
    assertThat(returned).isCompletedWithValue(Step.EXIT);
  }
}
