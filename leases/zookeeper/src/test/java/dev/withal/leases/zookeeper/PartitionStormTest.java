package dev.withal.leases.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.Async;
import dev.withal.leases.LeaseLostException;
import dev.withal.leases.Leases;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** G1 in many partitions, eight at a time, of all kinds in turn. */
class PartitionStormTest {
  private static final Duration QUARTER = Duration.ofMillis(Ensemble.SESSION_MILLIS / 4);
  private static final int AT_A_TIME = 8;

  private static final List<Partition.Cut> CUTS =
      List.of(Partition.Cut.ALL, Partition.Cut.REQUESTS, Partition.Cut.RESPONSES);

  /** How long before the next grant a holder was told. */
  private record Margin(Partition.Cut cut, Duration margin) {}

  private static Margin partition(int number, Leases next) throws Exception {
    Partition.Cut cut = CUTS.get(number % CUTS.size());
    String name = "storm-" + number;
    int server = Ensemble.servers().get(number % 3).getPort();
    try (var network = new Partition(server);
        CuratorFramework cutOff = Ensemble.client(network.address())) {
      var holds = new CompletableFuture<Long>();
      var told = new CompletableFuture<Long>();
      CompletableFuture<Void> holder =
          Async.runAsync(() ->
              ZooKeeperLeases.over(cutOff)
                  .lease(name)
                  .run(lease -> {
                    holds.complete(lease.token());
                    try {
                      Async.sleep(Duration.ofMinutes(2));
                    } catch (InterruptedException loss) {
                      told.complete(System.nanoTime());
                      throw loss;
                    }
                  }));
      holds.get(1, TimeUnit.MINUTES);
      CompletableFuture<Long> granted =
          next.lease(name).useAsync(lease -> CompletableFuture.completedFuture(System.nanoTime()));
      Async.sleep(Duration.ofMillis(500 + number % 7 * 100));
      network.cut(cut);
      long margin = granted.get(1, TimeUnit.MINUTES) - told.get(1, TimeUnit.MINUTES);
      network.cut(Partition.Cut.NOTHING);
      try {
        holder.get(1, TimeUnit.MINUTES);
      } catch (ExecutionException lost) {
        assertThat(lost).hasCauseInstanceOf(LeaseLostException.class);
      }
      return new Margin(cut, Duration.ofNanos(margin));
    }
  }

  private static List<Margin> storm(int partitions) throws Exception {
    var margins = new ArrayList<Margin>();
    try (CuratorFramework other = Ensemble.client()) {
      Leases next = ZooKeeperLeases.over(other);
      for (int begun = 0; begun < partitions; begun += AT_A_TIME) {
        var running = new ArrayList<CompletableFuture<Margin>>();
        for (int i = begun; i < Math.min(partitions, begun + AT_A_TIME); i++) {
          int number = i;
          running.add(Async.callAsync(() -> partition(number, next)));
        }
        for (CompletableFuture<Margin> one : running) {
          margins.add(one.get(3, TimeUnit.MINUTES));
        }
      }
    }
    return margins;
  }

  private static void print(List<Margin> margins) {
    for (Partition.Cut cut : CUTS) {
      List<Duration> of =
          margins.stream().filter(one -> one.cut() == cut).map(Margin::margin).sorted().toList();
      if (!of.isEmpty()) {
        System.out.printf(
            "%s: %d partitions, told before the next grant by %d ms at least, %d ms in the"
                + " middle%n",
            cut, of.size(), of.getFirst().toMillis(), of.get(of.size() / 2).toMillis());
      }
    }
  }

  @Test
  @Tag("stress")
  @Timeout(1200)
  void partitions_twoHundred_allAreToldInTime() throws Exception {
    List<Margin> margins = storm(200);
    print(margins);

    assertThat(margins).hasSize(200).allMatch(one -> one.margin().compareTo(QUARTER) >= 0);
  }
}
