package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.internal.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** A timeout whose timer is quicker than the thread that sets it. */
class TimeoutsHastyTest {

  /** Runs what is due at once to its end before {@code schedule} returns. */
  private record HastyTime(Time time) implements Time {
    @Override
    public Timer schedule(Duration delay, Runnable action) {
      if (!delay.isZero()) {
        return time.schedule(delay, action);
      }
      var ran = new CompletableFuture<Void>();
      time.start(
          "hasty",
          () -> {
            action.run();
            ran.complete(null);
          });
      ran.join();
      return () -> {};
    }

    @Override
    public Instant now() {
      return time.now();
    }

    @Override
    public void await(CompletableFuture<?> future) throws InterruptedException {
      time.await(future);
    }

    @Override
    public Thread start(String name, Runnable task) {
      return time.start(name, task);
    }

    @Override
    public Thread startPlatform(String name, Runnable task) {
      return time.startPlatform(name, task);
    }

    @Override
    public void interrupt(Thread thread) {
      time.interrupt(thread);
    }
  }

  @Test
  void timeout_expiresAsItIsSet_isNotForgotten() {
    var hasty = new HastyTime(Time.current());
    Time.replace(hasty.time, hasty);
    try {
      CompletableFuture<String> result =
          Async.timeout(Duration.ZERO)
              .useAsync((_, cancellation) -> cancellation.cancelling(new CompletableFuture<>()));

      assertThat(result).isDone();
      assertThat(result.exceptionNow()).isExactlyInstanceOf(TimeoutException.class);
    } finally {
      Time.replace(hasty, hasty.time);
    }
  }
}
