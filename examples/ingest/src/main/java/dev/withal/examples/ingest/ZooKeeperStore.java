package dev.withal.examples.ingest;

import dev.withal.AsyncExitStack;
import dev.withal.ContextManager;
import dev.withal.Verdict;
import dev.withal.leases.zookeeper.ZooKeeperLeases;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryForever;

/**
 * Leases in ZooKeeper.
 *
 * @param servers the servers, with commas between them
 * @param folder below which nodes the leases are; empty for the root
 */
record ZooKeeperStore(String servers, String folder) implements LeaseStore {
  static final String FORM = ZOOKEEPER + "host:port,host:port/folder";

  private static final String SERVER = "[\\w.-]+(:\\d{1,5})?";
  private static final Pattern URL =
      Pattern.compile(
          Pattern.quote(ZOOKEEPER)
              + "(?<servers>%s(,%s)*)/?(?<folder>\\w[\\w-]*(/\\w[\\w-]*)*)?/?"
                  .formatted(SERVER, SERVER));

  private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(5);
  private static final int BETWEEN_ATTEMPTS_MILLIS = 500;

  static ZooKeeperStore at(String url) throws LoadException {
    Matcher parts = URL.matcher(url);
    if (!parts.matches()) {
      throw new LoadException(
          "the address in --exclusive is malformed: its form is "
              + FORM
              + ", without user and password, and the folder may be missing");
    }
    String folder = parts.group("folder");
    return new ZooKeeperStore(parts.group("servers"), folder == null ? "" : folder);
  }

  @Override
  public Opened open(AsyncExitStack stack, Duration timeout)
      throws LoadException, InterruptedException {
    CuratorFramework client =
        stack.enter(
            ContextManager.<CuratorFramework>of(
                    () -> started(timeout),
                    (started, _) -> {
                      started.close();
                      return Verdict.PROPAGATE;
                    })
                .async()
                .named("ZooKeeper"));
    if (!client.blockUntilConnected((int) ANSWERS_WITHIN.toSeconds(), TimeUnit.SECONDS)) {
      throw new LoadException(
          "no ZooKeeper answers at %s within %d s: check the address in --exclusive"
              .formatted(servers, ANSWERS_WITHIN.toSeconds()));
    }
    return new Opened(ZooKeeperLeases.over(client), null);
  }

  private CuratorFramework started(Duration timeout) {
    CuratorFramework client =
        CuratorFrameworkFactory.builder()
            .connectString(servers)
            .namespace(folder)
            .sessionTimeoutMs((int) timeout.toMillis())
            .connectionTimeoutMs((int) ANSWERS_WITHIN.toMillis())
            .retryPolicy(new RetryForever(BETWEEN_ATTEMPTS_MILLIS))
            .build();
    client.start();
    return client;
  }
}
