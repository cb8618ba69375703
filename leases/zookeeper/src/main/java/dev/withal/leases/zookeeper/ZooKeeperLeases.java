package dev.withal.leases.zookeeper;

import dev.withal.leases.Leases;
import dev.withal.leases.internal.EngineLeases;
import java.util.Objects;
import org.apache.curator.framework.CuratorFramework;

/**
 * Leases as nodes of a ZooKeeper ensemble, by way of Apache Curator.
 *
 * {@snippet class="dev.withal.leases.zookeeper.ZooKeeperGuideTest" region="over"}
 *
 * <p>The timeout is that of the client's session, as it was negotiated with the server. It should
 * be at least six ticks of the ensemble: servers tell each other of sessions only each half tick.
 * Leases of one session are proved together, and all of them are lost with it.
 *
 * <p>Those that wait for a lease are granted it in the order of their calls, and the end of one
 * holder wakes one of them. The token is the number of the transaction by which the holder's node
 * was created, the {@code czxid}.
 *
 * <p>Nodes are below {@code /withal-leases} in the client's namespace, in one folder for each name,
 * which ZooKeeper removes once it is empty. In its name all but letters, digits, {@code _} and
 * {@code -} of ASCII is written as in a URL. A holder whose node is deleted by hand has lost its
 * lease. Authentication, TLS and access lists are the client's.
 */
public final class ZooKeeperLeases {
  private ZooKeeperLeases() {}

  /**
   * {@return leases in an ensemble}
   *
   * @param client a client that has been started; stays the caller's, who closes it after the last
   *     lease has been given back
   */
  public static Leases over(CuratorFramework client) {
    return new EngineLeases(new NodeEngine(Objects.requireNonNull(client, "client")));
  }
}
