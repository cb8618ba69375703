package dev.withal.leases.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.leases.Leases;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryForever;
import org.junit.jupiter.api.Test;

/** The code of the guide's page on leases that is about ZooKeeper. */
class ZooKeeperGuideTest {
  private long written;

  @Test
  void leases_overAClient() throws Exception {
    String address = Ensemble.address();

    // @start region="over"
    try (CuratorFramework client =
        CuratorFrameworkFactory.newClient(address, 15_000, 5_000, new RetryForever(500))) {
      client.start();
      Leases leases = ZooKeeperLeases.over(client);
      leases.lease("nightly").run(lease -> report(lease.token()));
    }
    // @end

    assertThat(written).isPositive();
  }

  private void report(long token) {
    written = token;
  }
}
