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
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** G1, G2, G4 and G5 where leases are nodes. */
class NodeLeasesTest {
  private static CuratorFramework a;
  private static CuratorFramework b;

  @BeforeAll
  static void start() {
    a = Ensemble.client();
    b = Ensemble.client();
  }

  @AfterAll
  static void end() {
    a.close();
    b.close();
  }

  private static List<String> nodes(String name) throws Exception {
    return a.checkExists().forPath("/withal-leases/" + name) == null
        ? List.of()
        : a.getChildren().forPath("/withal-leases/" + name);
  }

  /** Waits for something that servers bring about. */
  private static void untilWaiting(String name, int number) throws Exception {
    while (nodes(name).size() != number) {
      Async.sleep(Duration.ofMillis(10));
    }
  }

  @Test
  void g2_tokens_increase() throws Exception {
    var tokens = new ArrayList<Long>();
    for (CuratorFramework client : List.of(a, b, a)) {
      ZooKeeperLeases.over(client).lease("tokens").run(lease -> tokens.add(lease.token()));
    }

    assertThat(tokens).isSorted().doesNotHaveDuplicates().hasSize(3);
  }

  @Test
  void lease_isWaitedFor_inTheOrderOfTheCalls() throws Exception {
    List<Integer> order = Collections.synchronizedList(new ArrayList<>());
    var waiters = new ArrayList<CompletableFuture<Boolean>>();
    ZooKeeperLeases.over(a)
        .lease("queue")
        .run(lease -> {
          for (int i = 0; i < 5; i++) {
            int place = i;
            waiters.add(
                ZooKeeperLeases.over(b)
                    .lease("queue")
                    .useAsync(other -> CompletableFuture.completedFuture(order.add(place))));
            try {
              untilWaiting("queue", i + 2);
            } catch (Exception e) {
              throw new IllegalStateException(e);
            }
          }
        });
    CompletableFuture.allOf(waiters.toArray(CompletableFuture[]::new)).get(25, TimeUnit.SECONDS);

    assertThat(order).containsExactly(0, 1, 2, 3, 4);
  }

  @ParameterizedTest
  @EnumSource(
      value = Partition.Cut.class,
      names = {"ALL", "REQUESTS", "RESPONSES"})
  void g1_holder_isCutOff_isToldBeforeTheNextOneHasIt(Partition.Cut cut) throws Exception {
    String name = "partition-" + cut;
    try (var network = new Partition(Ensemble.servers().getFirst().getPort());
        CuratorFramework cutOff = Ensemble.client(network.address())) {
      var told = new CompletableFuture<Long>();
      var holds = new CompletableFuture<Long>();
      CompletableFuture<Void> holder =
          Async.runAsync(() ->
              ZooKeeperLeases.over(cutOff)
                  .lease(name)
                  .run(lease -> {
                    holds.complete(lease.token());
                    try {
                      Async.sleep(Duration.ofSeconds(60));
                    } catch (InterruptedException loss) {
                      told.complete(System.nanoTime());
                      throw loss;
                    }
                  }));
      holds.get(25, TimeUnit.SECONDS);
      CompletableFuture<Long> next =
          ZooKeeperLeases.over(b)
              .lease(name)
              .useAsync(lease -> CompletableFuture.completedFuture(System.nanoTime()));
      untilWaiting(name, 2);

      network.cut(cut);
      long margin = next.get(25, TimeUnit.SECONDS) - told.get(25, TimeUnit.SECONDS);

      assertThat(margin).isPositive();
      network.cut(Partition.Cut.NOTHING);
      assertThatThrownBy(() -> holder.get(25, TimeUnit.SECONDS))
          .hasCauseInstanceOf(LeaseLostException.class);
    }
  }

  @Test
  void g4_node_isDeletedByHand_bodyIsAskedToEnd() {
    assertThatThrownBy(() ->
            ZooKeeperLeases.over(a)
                .lease("by-hand")
                .<Exception>run(lease -> {
                  for (String node : nodes("by-hand")) {
                    b.delete().forPath("/withal-leases/by-hand/" + node);
                  }
                  Async.sleep(Duration.ofSeconds(25));
                }))
        .isInstanceOf(LeaseLostException.class)
        .hasMessage("lease by-hand is lost: its node was deleted; somebody else may get it");
  }

  /** The proofs of a session look at the node of its first lease. */
  @Test
  void g4_nodeIsChangedAndThenDeletedByHand_bodyIsAskedToEnd() throws Exception {
    Leases leases = ZooKeeperLeases.over(a);

    leases
        .lease("first")
        .run(first ->
            assertThatThrownBy(() ->
                    leases
                        .lease("changed")
                        .<Exception>run(lease -> {
                          for (String node : nodes("changed")) {
                            b.setData().forPath("/withal-leases/changed/" + node, new byte[] {1});
                            b.delete().forPath("/withal-leases/changed/" + node);
                          }
                          Async.sleep(Duration.ofSeconds(25));
                        }))
                .isInstanceOf(LeaseLostException.class)
                .hasMessage(
                    "lease changed is lost: its node was deleted; somebody else may get it"));
  }

  @Test
  void g4_session_isExpiredByTheServer_bodyIsAskedToEnd() {
    try (CuratorFramework client = Ensemble.client()) {
      assertThatThrownBy(() ->
              ZooKeeperLeases.over(client)
                  .lease("expired")
                  .<Exception>run(lease -> {
                    expire(client);
                    Async.sleep(Duration.ofSeconds(25));
                  }))
          .isInstanceOf(LeaseLostException.class);
    }
  }

  /** A second handle of the same session, closed: the server ends the session. */
  private static void expire(CuratorFramework client) throws Exception {
    var session = client.getZookeeperClient().getZooKeeper();
    var connected = new CompletableFuture<Boolean>();
    var second =
        new ZooKeeper(
            Ensemble.address(),
            Ensemble.SESSION_MILLIS,
            event -> connected.complete(true),
            session.getSessionId(),
            session.getSessionPasswd());
    connected.get(25, TimeUnit.SECONDS);
    second.close();
  }

  @Test
  void g5_enter_isCancelled_leavesTheQueue() throws Exception {
    ZooKeeperLeases.over(a)
        .lease("cancelled")
        .<Exception>run(lease -> {
          CompletableFuture<String> waiter =
              ZooKeeperLeases.over(b)
                  .lease("cancelled")
                  .useAsync(other -> CompletableFuture.completedFuture("had it"));
          untilWaiting("cancelled", 2);
          waiter.cancel(false);
          assertThatThrownBy(() -> waiter.get(25, TimeUnit.SECONDS))
              .isInstanceOf(CancellationException.class);
          untilWaiting("cancelled", 1);
        });

    untilWaiting("cancelled", 0);
  }

  @Test
  void g5_enter_timesOut_leavesTheQueue() throws Exception {
    ZooKeeperLeases.over(a)
        .lease("timed-out")
        .<Exception>run(lease -> {
          assertThatThrownBy(() ->
                  ZooKeeperLeases.over(b)
                      .lease("timed-out")
                      .enterTimeout(Duration.ofMillis(500))
                      .run(other -> {}))
              .isInstanceOf(TimeoutException.class);
          untilWaiting("timed-out", 1);
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "a/b//c", "..", "ä€😀", "%2F", "zookeeper"})
  void name_isOfAnyKind_isOneLease(String name) throws Exception {
    ZooKeeperLeases.over(a)
        .lease(name)
        .run(lease ->
            assertThatThrownBy(() ->
                    ZooKeeperLeases.over(b)
                        .lease(name)
                        .enterTimeout(Duration.ofMillis(300))
                        .run(other -> {}))
                .isInstanceOf(TimeoutException.class));
  }

  @Test
  void names_ofAThousandCharacters_areTwoLeases() throws Exception {
    String one = "😀".repeat(499) + "aa";
    String other = "😀".repeat(499) + "ab";
    Leases leases = ZooKeeperLeases.over(a);

    leases.lease(one).run(lease -> leases.lease(other).run(Lease::token));
  }

  @Test
  void client_hasANamespace_leasesAreBelowIt() throws Exception {
    CuratorFramework below = a.usingNamespace("team");

    ZooKeeperLeases.over(below)
        .lease("in-namespace")
        .<Exception>run(lease -> {
          assertThat(a.getChildren().forPath("/team/withal-leases")).contains("in-namespace");
          Async.sleep(Duration.ofMillis(Ensemble.SESSION_MILLIS / 3));
          lease.token();
        });
  }
}
