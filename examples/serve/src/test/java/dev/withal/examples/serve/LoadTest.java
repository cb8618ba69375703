package dev.withal.examples.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.Async;
import dev.withal.AsyncExitStack;
import dev.withal.Report;
import dev.withal.jdbc.Pool;
import dev.withal.tasks.Tasks;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients over loopback, of whom a fifth hangs up in the middle: no error but that, all the money,
 * all the pool, no more memory and no more threads.
 */
class LoadTest {
  private static final long MEBIBYTE = 1 << 20;

  @TempDir private Path folder;

  @Test
  void load_twoHundredConnectionsForThreeSeconds_losesNothing() throws Exception {
    load(ServeTest.database(), 200, Duration.ofSeconds(3));
  }

  @Test
  @Tag("stress")
  @Timeout(300)
  void load_twoThousandConnectionsForAMinute_losesNothing() throws Exception {
    load(ServeTest.postgres(), 2_000, Duration.ofSeconds(60));
  }

  private void load(DataSource database, int connections, Duration time) throws Exception {
    var reports = new ConcurrentLinkedQueue<Report>();
    try (var _ = Report.listen(reports::add)) {
      new Service(database, 0)
          .run(service -> new Load(service.address()).run(1, 0, time.dividedBy(10)));
      Set<String> before = Threads.all(folder).keySet();
      new Service(database, 0).run(service -> load(service, connections, time));
      awaitNoneBut(before);
    }
    assertThat(reports).isEmpty();
  }

  private static void load(Service.Running service, int connections, Duration time)
      throws Exception {
    var load = new Load(service.address());
    Tasks.group()
        .run(group -> {
          group.launch(() -> load.run(connections, 20, time));
          Async.sleep(time.dividedBy(3));
          long early = heap();
          Async.sleep(time.multipliedBy(3).dividedBy(5));
          long late = heap();
          System.out.printf("heap %d MiB, then %d MiB%n", early / MEBIBYTE, late / MEBIBYTE);
          assertThat(late - early).as("heap").isLessThan(16 * MEBIBYTE);
        });
    System.out.printf("%d connections for %s: %s%n", connections, time, load);

    assertThat(load.errors.sum()).isZero();
    assertThat(load.done.sum()).isPositive();
    assertThat(load.hungUp.sum()).isPositive();
    ServeTest.awaitIdle(service.pool());
    assertThat(service.pool().waiting()).isZero();
    assertThat(service.pool().size()).isEqualTo(16);
    assertThat(sessions(service.pool())).isEqualTo(16);
    assertThat(service.pool().inUse()).isZero();
    assertThat(service.pool().idle()).isEqualTo(16);
    try (var client = new Client(service.address())) {
      assertThat(client.get("/total").body()).isEqualTo("1000000");
    }
  }

  /** {@return how many connections work when they are all lent at the same time} */
  private static int sessions(Pool pool) throws Exception {
    return AsyncExitStack.manager()
        .<Integer, Exception>use(stack -> {
          int working = 0;
          while (pool.inUse() < pool.size()) {
            Connection connection = stack.enter(pool.connection());
            try (var statement = connection.createStatement()) {
              working += statement.execute("select 1") ? 1 : 0;
            }
          }
          return working;
        });
  }

  /** {@return what was in use after a full collection} */
  private static long heap() {
    System.gc();
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP)
        .map(MemoryPoolMXBean::getCollectionUsage)
        .mapToLong(usage -> usage == null ? 0 : usage.getUsed())
        .sum();
  }

  /** Threads that were told to end do so in their own time. */
  private void awaitNoneBut(Set<String> before) throws Exception {
    Map<String, String> after = Threads.all(folder);
    for (int i = 0; i < 100 && !before.containsAll(after.keySet()); i++) {
      Async.sleep(Duration.ofMillis(50));
      after = Threads.all(folder);
    }
    after.keySet().removeAll(before);
    assertThat(after).as("threads left").isEmpty();
  }
}
