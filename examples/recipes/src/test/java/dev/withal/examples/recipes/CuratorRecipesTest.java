package dev.withal.examples.recipes;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.recipes.locks.InterProcessMutex;
import org.apache.curator.retry.RetryOneTime;
import org.apache.curator.test.TestingServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The recipe of Curator, on a server in this process. */
class CuratorRecipesTest {
  private static TestingServer server;
  private static CuratorFramework curator;

  @BeforeAll
  static void start() throws Exception {
    server = new TestingServer();
    curator = CuratorFrameworkFactory.newClient(server.getConnectString(), new RetryOneTime(100));
    curator.start();
  }

  @AfterAll
  static void stop() throws Exception {
    curator.close();
    server.close();
  }

  @Test
  void lock_bodyEndsOnAnotherThread_isReleased() throws Exception {
    var mutex = new InterProcessMutex(curator, "/ended");
    var held =
        CuratorRecipes.lock(mutex)
            .useAsync(own -> CompletableFuture.supplyAsync(own::isAcquiredInThisProcess));

    assertThat(held.get(10, SECONDS)).isTrue();
    assertThat(mutex.isAcquiredInThisProcess()).isFalse();
  }

  /** The trap. */
  @Test
  void release_onAnotherThread_isRefused() throws Exception {
    var mutex = new InterProcessMutex(curator, "/refused");
    mutex.acquire();
    var releasing =
        CompletableFuture.supplyAsync(() -> {
          try {
            mutex.release();
            return null;
          } catch (Exception error) {
            return error;
          }
        });

    assertThat(releasing.get(10, SECONDS)).isInstanceOf(IllegalMonitorStateException.class);
  }

  @Test
  void lock_waitIsGivenUp_leavesTheQueue() throws Exception {
    var mutex = new InterProcessMutex(curator, "/late");
    mutex.acquire();
    var other = new InterProcessMutex(curator, "/late");

    assertThatThrownBy(() ->
            CuratorRecipes.lock(other)
                .enterTimeout(Duration.ofMillis(500))
                .grace(Duration.ofSeconds(10))
                .run(_ -> fail("entered")))
        .isInstanceOf(TimeoutException.class);
    assertThat(mutex.getParticipantNodes()).hasSize(1);
  }
}
