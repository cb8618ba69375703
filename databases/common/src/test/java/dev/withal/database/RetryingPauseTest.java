package dev.withal.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.AsyncContextManager;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Any duration is accepted as the pause between two attempts. */
@ExtendWith(LeakCheck.class)
class RetryingPauseTest {

  @Test
  void pause_ofTheLongestDuration_isPausedFor() {
    Duration endless = Duration.ofSeconds(Long.MAX_VALUE, 999_999_999);
    AsyncContextManager<String> manager =
        AsyncContextManager.closing(
            () -> CompletableFuture.completedStage("value"),
            _ -> CompletableFuture.completedStage(null));
    try (VirtualTime time = VirtualTime.install()) {
      CompletableFuture<Object> use =
          Retrying.of(manager, _ -> true)
              .pause(endless)
              .useAsync(_ -> CompletableFuture.failedStage(new IllegalStateException("transient")));

      assertThat(use).isNotDone();
      assertThat(time.pendingTimers()).isPositive();
      use.cancel(true);
      assertThat(use).isCancelled();
    }
  }
}
