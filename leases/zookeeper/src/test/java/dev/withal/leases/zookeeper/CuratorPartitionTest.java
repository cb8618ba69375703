package dev.withal.leases.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.Async;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.recipes.locks.InterProcessMutex;
import org.apache.curator.framework.state.ConnectionState;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Curator's own lock in the partitions that leases are tested in. Its documentation asks holders to
 * watch the state of the connection: suspended means that the lock may be lost, lost that it is.
 */
class CuratorPartitionTest {
  private static final int PARTITIONS = 24;
  private static final int AT_A_TIME = 8;

  private static final List<Partition.Cut> CUTS =
      List.of(Partition.Cut.ALL, Partition.Cut.REQUESTS, Partition.Cut.RESPONSES);

  /** How long before the next holder had the lock a state was told; negative if after it. */
  private record Margins(Duration suspended, Duration lost) {}

  private static Margins partition(int number) throws Exception {
    String path = "/beside/mutex-" + number;
    int server = Ensemble.servers().get(number % 3).getPort();
    try (var network = new Partition(server);
        CuratorFramework cutOff = Ensemble.client(network.address());
        CuratorFramework next = Ensemble.client()) {
      var suspended = new CompletableFuture<Long>();
      var lost = new CompletableFuture<Long>();
      cutOff
          .getConnectionStateListenable()
          .addListener((client, state) -> {
            if (state == ConnectionState.SUSPENDED) {
              suspended.complete(System.nanoTime());
            } else if (state == ConnectionState.LOST) {
              lost.complete(System.nanoTime());
            }
          });
      new InterProcessMutex(cutOff, path).acquire();
      CompletableFuture<Long> granted =
          Async.callAsync(() -> {
            var mutex = new InterProcessMutex(next, path);
            mutex.acquire();
            long at = System.nanoTime();
            mutex.release();
            return at;
          });
      Async.sleep(Duration.ofMillis(500 + number % 7 * 100));
      network.cut(CUTS.get(number % CUTS.size()));
      long at = granted.get(1, TimeUnit.MINUTES);
      var margins =
          new Margins(
              Duration.ofNanos(at - suspended.get(1, TimeUnit.MINUTES)),
              Duration.ofNanos(at - lost.get(1, TimeUnit.MINUTES)));
      network.cut(Partition.Cut.NOTHING);
      return margins;
    }
  }

  @Test
  @Tag("stress")
  @Timeout(600)
  void mutex_isCutOff_lossIsToldAfterTheNextHolderHasIt() throws Exception {
    var all = new ArrayList<Margins>();
    for (int begun = 0; begun < PARTITIONS; begun += AT_A_TIME) {
      var running = new ArrayList<CompletableFuture<Margins>>();
      for (int i = begun; i < begun + AT_A_TIME; i++) {
        int number = i;
        running.add(Async.callAsync(() -> partition(number)));
      }
      for (CompletableFuture<Margins> one : running) {
        all.add(one.get(2, TimeUnit.MINUTES));
      }
    }
    List<Duration> suspended = all.stream().map(Margins::suspended).sorted().toList();
    List<Duration> lost = all.stream().map(Margins::lost).sorted().toList();
    System.out.printf(
        "Curator's mutex, %d partitions: suspended told %d to %d ms before the next holder, lost %d"
            + " to %d ms%n",
        all.size(),
        suspended.getFirst().toMillis(),
        suspended.getLast().toMillis(),
        lost.getFirst().toMillis(),
        lost.getLast().toMillis());

    assertThat(lost).anyMatch(Duration::isNegative);
  }
}
