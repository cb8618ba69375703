package dev.withal.leases.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.withal.Async;
import dev.withal.leases.Lease;
import dev.withal.leases.LeaseLostException;
import dev.withal.leases.Leases;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.curator.drivers.TracerDriver;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.test.InstanceSpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Servers that are killed, and crowds. */
@Tag("stress")
@Timeout(180)
class ServersTest {
  private static final Duration SESSION = Duration.ofMillis(Ensemble.SESSION_MILLIS);

  private final List<InstanceSpec> killed = new ArrayList<>();

  @AfterEach
  void restart() throws Exception {
    for (InstanceSpec server : killed) {
      Ensemble.cluster().restartServer(server);
    }
    killed.clear();
  }

  private void kill(InstanceSpec server) {
    try {
      Ensemble.cluster().killServer(server);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    killed.add(server);
  }

  private static InstanceSpec connected(CuratorFramework client) {
    try {
      return Ensemble.cluster().findConnectionInstance(client.getZookeeperClient().getZooKeeper());
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** It may be the leader, and the others take seconds to elect one. */
  @Test
  void g1_server_thatTheHolderIsConnectedTo_isKilled_leaseIsKept() throws Exception {
    try (CuratorFramework client = Ensemble.patientClient()) {
      ZooKeeperLeases.over(client)
          .lease("one-killed")
          .run(lease -> {
            kill(connected(client));
            Async.sleep(Ensemble.PATIENCE);
            lease.token();
          });
    }
  }

  @Test
  void g1_quorum_isLost_holderIsTold() throws Exception {
    try (CuratorFramework client = Ensemble.client()) {
      long[] since = new long[1];
      assertThatThrownBy(() ->
              ZooKeeperLeases.over(client)
                  .lease("quorum")
                  .run(lease -> {
                    since[0] = System.nanoTime();
                    Ensemble.servers().subList(0, 2).forEach(this::kill);
                    try {
                      Async.sleep(Duration.ofMinutes(1));
                    } finally {
                      since[0] = System.nanoTime() - since[0];
                    }
                  }))
          .isInstanceOf(LeaseLostException.class);

      System.out.println("told " + since[0] / 1_000_000 + " ms after the quorum was lost");
      assertThat(Duration.ofNanos(since[0])).isLessThan(SESSION);
    }
  }

  /** Servers keep sessions on disk, so the next grant comes only once the session has ended. */
  @Test
  void g1_ensemble_isRestarted_holderIsToldBeforeTheNextOneHasIt() throws Exception {
    try (CuratorFramework client = Ensemble.client();
        CuratorFramework other = Ensemble.client()) {
      var holds = new CompletableFuture<Long>();
      var told = new CompletableFuture<Long>();
      CompletableFuture<Void> holder =
          Async.runAsync(() ->
              ZooKeeperLeases.over(client)
                  .lease("restarted")
                  .run(lease -> {
                    holds.complete(lease.token());
                    try {
                      Async.sleep(Duration.ofMinutes(1));
                    } catch (InterruptedException loss) {
                      told.complete(System.nanoTime());
                      throw loss;
                    }
                  }));
      long token = holds.get(1, TimeUnit.MINUTES);
      var nextToken = new CompletableFuture<Long>();
      CompletableFuture<Long> next =
          ZooKeeperLeases.over(other)
              .lease("restarted")
              .useAsync(lease -> {
                nextToken.complete(lease.token());
                return CompletableFuture.completedFuture(System.nanoTime());
              });

      Ensemble.servers().forEach(this::kill);
      long toldAt = told.get(1, TimeUnit.MINUTES);
      restart();
      long margin = next.get(1, TimeUnit.MINUTES) - toldAt;

      System.out.println("told " + margin / 1_000_000 + " ms before the next grant");
      assertThat(Duration.ofNanos(margin)).isGreaterThanOrEqualTo(SESSION.dividedBy(4));
      assertThat(nextToken.get()).isGreaterThan(token);
      assertThatThrownBy(() -> holder.get(1, TimeUnit.MINUTES))
          .hasCauseInstanceOf(LeaseLostException.class);
    }
  }

  /** All end at once; a long session leaves the servers time to delete a thousand nodes. */
  @Test
  void thousandLeases_ofOneSession_areHeldByFewThreads() throws Exception {
    try (CuratorFramework client = Ensemble.patientClient()) {
      Leases leases = ZooKeeperLeases.over(client);
      leases.lease("warm").run(Lease::token);
      int before = Thread.activeCount();
      var end = new CompletableFuture<Boolean>();
      var held = new AtomicInteger();
      var uses = new ArrayList<CompletableFuture<Boolean>>();
      for (int i = 0; i < 1000; i++) {
        uses.add(
            leases
                .lease("crowd-" + i)
                .useAsync(lease -> {
                  held.incrementAndGet();
                  return end;
                }));
      }
      while (held.get() < 1000) {
        Async.sleep(Duration.ofMillis(50));
      }
      Async.sleep(Ensemble.PATIENCE);

      assertThat(Thread.activeCount()).isLessThan(before + 10);
      end.complete(true);
      CompletableFuture.allOf(uses.toArray(CompletableFuture[]::new)).get(1, TimeUnit.MINUTES);
    }
  }

  /** Each looks at the queue as it comes, and once more as the one before it has left. */
  @Test
  void hundredWait_eachReleaseWakesOne() throws Exception {
    var looks = new AtomicInteger();
    try (CuratorFramework client = Ensemble.client()) {
      client.getZookeeperClient().setTracerDriver(new Looks(looks));
      Leases leases = ZooKeeperLeases.over(client);
      List<Long> tokens = Collections.synchronizedList(new ArrayList<>());
      var uses = new ArrayList<CompletableFuture<Boolean>>();
      leases
          .lease("queue-of-100")
          .<Exception>run(first -> {
            for (int i = 0; i < 100; i++) {
              uses.add(
                  leases
                      .lease("queue-of-100")
                      .useAsync(
                          lease -> CompletableFuture.completedFuture(tokens.add(lease.token()))));
            }
            while (client.getChildren().forPath("/withal-leases/queue-of-100").size() < 101) {
              Async.sleep(Duration.ofMillis(20));
            }
            Async.sleep(SESSION);
            looks.set(0);
          });
      CompletableFuture.allOf(uses.toArray(CompletableFuture[]::new)).get(2, TimeUnit.MINUTES);

      assertThat(tokens).hasSize(100).isSorted().doesNotHaveDuplicates();
      assertThat(looks).hasValueBetween(100, 110);
    }
  }

  /** Counts how often children of a node were asked for. */
  private record Looks(AtomicInteger number) implements TracerDriver {
    @Override
    public void addTrace(String name, long time, TimeUnit unit) {
      if (name.startsWith("GetChildren")) {
        number.incrementAndGet();
      }
    }

    @Override
    public void addCount(String name, int increment) {}
  }
}
