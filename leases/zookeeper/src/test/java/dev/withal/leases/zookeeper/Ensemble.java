package dev.withal.leases.zookeeper;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryForever;
import org.apache.curator.test.InstanceSpec;
import org.apache.curator.test.TestingCluster;

/** Three real servers in this process, one ensemble for all tests; it ends with the process. */
final class Ensemble {
  static final int SESSION_MILLIS = 3000;

  private static final int TICK_MILLIS = 500;

  /** The longest session there is: twenty ticks. */
  static final Duration PATIENCE = Duration.ofMillis(20 * TICK_MILLIS);

  private static final TestingCluster CLUSTER = start();

  private Ensemble() {}

  private static TestingCluster start() {
    var servers = new ArrayList<InstanceSpec>();
    for (int id = 1; id <= 3; id++) {
      servers.add(new InstanceSpec(null, -1, -1, -1, true, id, TICK_MILLIS, 200));
    }
    var cluster = new TestingCluster(servers);
    try {
      cluster.start();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    return cluster;
  }

  static String address() {
    return CLUSTER.getConnectString();
  }

  static List<InstanceSpec> servers() {
    return List.copyOf(CLUSTER.getInstances());
  }

  static TestingCluster cluster() {
    return CLUSTER;
  }

  /** {@return a client with a session of its own, as another machine would have} */
  static CuratorFramework client(String address) {
    return client(address, SESSION_MILLIS);
  }

  /** {@return a client whose session lasts as long as the servers allow} */
  static CuratorFramework patientClient() {
    return client(address(), (int) PATIENCE.toMillis());
  }

  private static CuratorFramework client(String address, int sessionMillis) {
    CuratorFramework client =
        CuratorFrameworkFactory.builder()
            .connectString(address)
            .sessionTimeoutMs(sessionMillis)
            .connectionTimeoutMs(2000)
            .retryPolicy(new RetryForever(200))
            // Or it would learn of all servers, and go around what a test puts in its way.
            .ensembleTracker(false)
            .build();
    client.start();
    return client;
  }

  static CuratorFramework client() {
    return client(address());
  }
}
