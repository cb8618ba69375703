package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.testkit.LeakCheck;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** L5: an error that work on a thread of its own fails with is added to by what awaits it. */
@ExtendWith(LeakCheck.class)
class L5ErrorsOfWorkTest {
  private final IOException error = new IOException("body");

  @Test
  void work_failsBeforeAnybodyAwaitsIt_errorIsOneAndTheSame() {
    HastyTime.during(() -> {
      CompletableFuture<Object> use =
          failingToExit("outer")
              .useAsync(
                  _ -> Async.callAsync(() -> failingToExit("inner").use(_ -> Probe.raise(error))));

      assertThat(use.exceptionNow()).isSameAs(error);
    });
    assertThat(error.getSuppressed())
        .extracting(Throwable::getMessage)
        .containsExactly("inner", "outer");
  }

  private static AsyncContextManager<String> failingToExit(String message) {
    return AsyncContextManager.closing(
        () -> CompletableFuture.completedFuture("x"),
        _ -> CompletableFuture.failedFuture(new IOException(message)));
  }
}
