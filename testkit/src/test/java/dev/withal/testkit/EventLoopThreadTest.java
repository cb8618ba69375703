package dev.withal.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.AsyncContextManager;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A thread that counts as an event loop's. */
class EventLoopThreadTest {

  @Test
  void use_onSuchAThread_isRefused() {
    var refusal = new CompletableFuture<Throwable>();
    new EventLoopThread(
            () -> {
              try {
                AsyncContextManager.ofValue("value").use(value -> refusal.complete(null));
              } catch (IllegalStateException | InterruptedException e) {
                refusal.complete(e);
              }
            },
            "loop")
        .start();

    assertThat(refusal.join())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("use blocks, and loop is an event-loop thread: call useAsync instead");
  }
}
