package dev.withal.leases.zookeeper;

import dev.withal.Async;
import dev.withal.leases.internal.Clock;
import dev.withal.leases.internal.Clock.Moment;
import dev.withal.leases.internal.Engine;
import dev.withal.leases.internal.Grant;
import dev.withal.leases.internal.Term;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.api.CuratorEvent;
import org.apache.curator.framework.api.CuratorWatcher;
import org.apache.curator.utils.ZKPaths;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;

/**
 * Leases as nodes: each that wants one creates an ephemeral sequential node, and has the lease once
 * there is none before its own.
 *
 * <p>Design: each waits for the node before its own, so the end of a holder wakes one. A proof is
 * asked on the session's own handle, since Curator replaces that after a loss, and would ask again
 * by itself. It is a {@code sync}, which goes through the leader, and a look at a node. The leader
 * refuses a session that it has expired; a server that has lost its leader answers a look alone.
 */
final class NodeEngine implements Engine {
  private static final String ROOT = "/withal-leases";

  private final CuratorFramework client;

  NodeEngine(CuratorFramework client) {
    this.client = client;
  }

  @Override
  public String name() {
    return "ZooKeeper";
  }

  @Override
  public Clock clock() {
    return Clock.SYSTEM;
  }

  @Override
  public Grant acquire(String name) throws Exception {
    String folder = ROOT + "/" + NodeNames.folder(name);
    while (true) {
      String own = create(folder);
      try {
        Grant grant = awaitTurn(folder, own) ? granted(name, own) : null;
        if (grant != null) {
          return grant;
        }
        // The session was lost in the meantime, and the node with it.
        delete(own);
      } catch (Throwable failure) {
        delete(own);
        throw failure;
      }
    }
  }

  /** Guard against race with a caller who has left: a node that is created after all is deleted. */
  private String create(String folder) throws Exception {
    CompletableFuture<CuratorEvent> created =
        Calls.begin(answer ->
            client
                .create()
                .creatingParentContainersIfNeeded()
                .withProtection()
                .withMode(CreateMode.EPHEMERAL_SEQUENTIAL)
                .inBackground(answer)
                .forPath(folder + "/" + NodeNames.PREFIX));
    try {
      CuratorEvent event = Async.<CuratorEvent, Exception>await(created);
      if (event.getResultCode() != KeeperException.Code.OK.intValue()) {
        throw KeeperException.create(
            KeeperException.Code.get(event.getResultCode()), event.getPath());
      }
      return event.getName();
    } catch (InterruptedException givenUp) {
      created.thenAccept(event -> {
        if (event.getName() != null) {
          delete(event.getName());
        }
      });
      throw givenUp;
    }
  }

  /** Deletes a node, also if the servers are out of reach for a while; nobody waits for it. */
  private void delete(String path) {
    try {
      client.delete().guaranteed().inBackground().forPath(path);
    } catch (Exception closed) {
      // The client is closed, and its session with it: that deletes the node.
      return;
    }
  }

  /** {@return whether it is the node's turn; it isn't if the node is gone} */
  private boolean awaitTurn(String folder, String own) throws Exception {
    while (true) {
      List<String> queue =
          NodeNames.queue(
              Calls.of(answer -> client.getChildren().inBackground(answer).forPath(folder))
                  .getChildren());
      int place = queue.indexOf(ZKPaths.getNodeFromPath(own));
      if (place <= 0) {
        return place == 0;
      }
      awaitChange(folder + "/" + queue.get(place - 1));
    }
  }

  /**
   * Waits until a node is gone, or the session isn't what it was. Asking for the node's data sets
   * no watch if there is no node: one for a node that never comes would stay until the session
   * ends.
   */
  private void awaitChange(String path) throws Exception {
    var changed = new CompletableFuture<Boolean>();
    CuratorWatcher watcher = event -> changed.complete(true);
    try {
      CuratorEvent there =
          Calls.of(
              answer -> client.getData().usingWatcher(watcher).inBackground(answer).forPath(path));
      if (there.getStat() != null) {
        Async.await(changed);
      }
    } catch (InterruptedException givenUp) {
      removeWatch(watcher, path, givenUp);
      throw givenUp;
    }
  }

  private void removeWatch(CuratorWatcher watcher, String path, InterruptedException givenUp) {
    try {
      client.watchers().remove(watcher).quietly().inBackground().forPath(path);
    } catch (Exception failure) {
      givenUp.addSuppressed(failure);
    }
  }

  /** {@return the grant, from a proof; null if the node is gone or another session's} */
  private @Nullable Grant granted(String name, String own) throws Exception {
    Moment sent = clock().now();
    ZooKeeper session = client.getZookeeperClient().getZooKeeper();
    var gone = new CompletableFuture<String>();
    Stat node = prove(session, own, new Deletion(session, fullPath(own), gone));
    if (node == null || node.getEphemeralOwner() != session.getSessionId()) {
      return null;
    }
    Duration timeout = Duration.ofMillis(session.getSessionTimeout());
    var term = new Term(session.getSessionId(), timeout);
    return new Grant(name, own, node.getCzxid(), term, sent, gone);
  }

  private String fullPath(String path) {
    return ZKPaths.fixForNamespace(client.getNamespace(), path);
  }

  /**
   * Watches the node of a lease. A watch is for one event, so it is set again after one that
   * changes nothing, such as a change of the node's data by hand.
   */
  private record Deletion(ZooKeeper session, String path, CompletableFuture<String> gone)
      implements Watcher {
    @Override
    public void process(WatchedEvent event) {
      if (event.getType() == Event.EventType.NodeDeleted) {
        gone.complete("its node was deleted");
      } else if (event.getState() == Event.KeeperState.Expired
          || event.getState() == Event.KeeperState.Closed) {
        gone.complete("the session with ZooKeeper has ended");
      } else if (event.getType() != Event.EventType.None) {
        watchAgain();
      }
    }

    private void watchAgain() {
      session.getData(
          path, this, (result, asked, context, data, stat) -> watchedAgain(result), null);
    }

    private void watchedAgain(int result) {
      if (result == KeeperException.Code.NONODE.intValue()) {
        gone.complete("its node was deleted");
      } else if (result == KeeperException.Code.CONNECTIONLOSS.intValue()) {
        // It waits until there is a connection, or the session has ended.
        watchAgain();
      } else if (result != KeeperException.Code.OK.intValue()) {
        gone.complete("its node was changed, and can't be watched any more");
      }
    }
  }

  /** {@return the node, as the leader's servers know it now; null if it isn't there} */
  private @Nullable Stat prove(ZooKeeper session, String path, @Nullable Watcher watcher)
      throws Exception {
    String full = fullPath(path);
    var synced = new CompletableFuture<Integer>();
    var looked = new CompletableFuture<Look>();
    session.sync(full, (result, asked, context) -> synced.complete(result), null);
    session.getData(
        full,
        watcher,
        (result, asked, context, data, stat) -> looked.complete(new Look(result, stat)),
        null);
    Calls.requireAnswer(Async.<Integer, Exception>await(synced), path);
    Look look = Async.<Look, Exception>await(looked);
    Calls.requireAnswer(look.result, path);
    return look.stat;
  }

  private record Look(int result, @Nullable Stat stat) {}

  /** One node stands for all: the others say by themselves if they are gone. */
  @Override
  public Set<Grant> prove(List<Grant> grants) throws Exception {
    Grant one = grants.getFirst();
    ZooKeeper session = client.getZookeeperClient().getZooKeeper();
    if (!one.term().id().equals(session.getSessionId())) {
      return Set.of();
    }
    Stat node = prove(session, one.place(), null);
    return Set.copyOf(
        node != null && node.getCzxid() == one.token() ? grants : grants.subList(1, grants.size()));
  }

  @Override
  public void release(Grant grant) throws Exception {
    Calls.of(answer -> client.delete().guaranteed().inBackground(answer).forPath(grant.place()));
  }
}
