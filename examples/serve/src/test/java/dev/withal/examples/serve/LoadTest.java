package dev.withal.examples.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients over loopback, of whom a fifth hangs up: no error, all the money, all the pool. */
class LoadTest {

  @Test
  void load_small_losesNothing() throws Exception {
    load(ServeTest.database(), 50, Duration.ofSeconds(1));
  }

  @Test
  @Tag("stress")
  @Timeout(300)
  void load_twoThousandConnectionsForAMinute_losesNothing() throws Exception {
    load(ServeTest.postgres(), 2_000, Duration.ofSeconds(60));
  }

  private static void load(DataSource database, int connections, Duration time) throws Exception {
    new Service(database, 0)
        .run(service -> {
          var warm = new Load(service.address());
          warm.run(connections, 20, time.dividedBy(4));
          long before = heap();
          var load = new Load(service.address());
          load.run(connections, 20, time);
          ServeTest.awaitIdle(service.pool());
          long after = heap();
          System.out.printf("%s; heap %d to %d KiB%n", load, before >> 10, after >> 10);

          assertThat(load.errors.sum()).isZero();
          assertThat(load.done.sum()).isPositive();
          assertThat(load.hungUp.sum()).isPositive();
          assertThat(service.pool().size()).isLessThanOrEqualTo(16);
          assertThat(service.pool().waiting()).isZero();
          assertThat(after - before).isLessThan(16 << 20);
          try (var client = new Client(service.address())) {
            assertThat(client.get("/total").body()).isEqualTo("1000000");
          }
        });
  }

  private static long heap() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }
}
