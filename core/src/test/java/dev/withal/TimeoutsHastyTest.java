package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** A timeout whose timer is quicker than the thread that sets it. */
class TimeoutsHastyTest {

  @Test
  void timeout_expiresAsItIsSet_isNotForgotten() {
    HastyTime.during(() -> {
      CompletableFuture<String> result =
          Async.timeout(Duration.ZERO)
              .useAsync((_, cancellation) -> cancellation.cancelling(new CompletableFuture<>()));

      assertThat(result).isDone();
      assertThat(result.exceptionNow()).isExactlyInstanceOf(TimeoutException.class);
    });
  }
}
