package dev.withal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.database.Holder;
import dev.withal.database.Holder.Step;
import dev.withal.database.PoolMeters;
import dev.withal.database.testing.stories.MeterStories;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What is measured of a pool, and who holds its connections. */
class PoolMetersTest extends MeterStories implements JdbcStories {

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
}
