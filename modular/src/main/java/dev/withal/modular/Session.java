package dev.withal.modular;

import dev.withal.Async;
import dev.withal.AsyncContextManager;
import java.time.Duration;

/** What the program acquires. */
public final class Session {
  private Session() {}

  /** {@return a session, which takes a while to open and to close} */
  public static AsyncContextManager<String> open() {
    return AsyncContextManager.closing(
        () -> Async.sleepAsync(Duration.ofMillis(3)).thenApply(ignored -> "session"),
        session -> Async.sleepAsync(Duration.ofMillis(2)));
  }
}
