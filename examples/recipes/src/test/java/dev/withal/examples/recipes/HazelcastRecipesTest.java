package dev.withal.examples.recipes;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.config.Config;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import dev.withal.Context;
import dev.withal.ExitCase;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The recipes of Hazelcast, on a member in this process, which looks for no others. */
class HazelcastRecipesTest {
  private static Context<? extends HazelcastInstance> member;

  @BeforeAll
  static void enter() throws Exception {
    member = HazelcastRecipes.member(alone()).enter();
  }

  @AfterAll
  static void exit() throws Exception {
    member.exit(new ExitCase.Succeeded(ExitCase.UNBOUNDED));

    assertThat(member.value().getLifecycleService().isRunning()).isFalse();
  }

  @Test
  void lock_bodyEndsOnAnotherThread_isReleased() throws Exception {
    IMap<String, String> map = member.value().getMap("ended");
    var locked =
        HazelcastRecipes.lock(map, "k")
            .useAsync(held -> CompletableFuture.supplyAsync(() -> held.isLocked("k")));

    assertThat(locked.get(10, SECONDS)).isTrue();
    assertThat(map.isLocked("k")).isFalse();
  }

  /** The trap. */
  @Test
  void unlock_onAnotherThread_isRefused() throws Exception {
    IMap<String, String> map = member.value().getMap("refused");
    map.lock("k");
    var unlocking = CompletableFuture.runAsync(() -> map.unlock("k"));

    assertThatThrownBy(() -> unlocking.get(10, SECONDS))
        .hasCauseInstanceOf(IllegalMonitorStateException.class);
  }

  @Test
  void lock_waitIsGivenUp_lateLockIsGivenBack() throws Exception {
    IMap<String, String> map = member.value().getMap("late");
    map.lock("k");
    CompletableFuture<String> waiting =
        HazelcastRecipes.lock(map, "k")
            .enterTimeout(Duration.ofMillis(100))
            .useAsync(_ -> CompletableFuture.completedFuture("never"));
    assertThatThrownBy(() -> waiting.get(10, SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(TimeoutException.class);

    map.unlock("k");

    assertThat(map.tryLock("k", 10, SECONDS)).isTrue();
  }

  private static Config alone() {
    var config = new Config();
    config.setProperty("hazelcast.phone.home.enabled", "false");
    config.setProperty("hazelcast.socket.bind.any", "false");
    config.setProperty("hazelcast.partition.count", "3");
    config.getNetworkConfig().getInterfaces().setEnabled(true).addInterface("127.0.0.1");
    var join = config.getNetworkConfig().getJoin();
    join.getAutoDetectionConfig().setEnabled(false);
    join.getMulticastConfig().setEnabled(false);
    return config;
  }
}
