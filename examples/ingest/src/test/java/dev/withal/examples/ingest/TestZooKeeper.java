package dev.withal.examples.ingest;

import java.io.IOException;
import org.apache.curator.test.InstanceSpec;
import org.apache.curator.test.TestingServer;

/** A real ZooKeeper in this process. */
final class TestZooKeeper implements AutoCloseable {
  private static final int TICK_MILLIS = 300;

  private final TestingServer server;

  private TestZooKeeper(TestingServer server) {
    this.server = server;
  }

  static TestZooKeeper start() throws Exception {
    return new TestZooKeeper(
        new TestingServer(new InstanceSpec(null, -1, -1, -1, true, 1, TICK_MILLIS, 200), true));
  }

  /** {@return how the program calls it} */
  String url() {
    return "zookeeper://" + server.getConnectString() + "/of/tests";
  }

  void stop() throws IOException {
    server.stop();
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
