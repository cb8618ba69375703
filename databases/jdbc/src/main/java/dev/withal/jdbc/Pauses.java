package dev.withal.jdbc;

import dev.withal.database.internal.Bound;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** The pauses between a pool's attempts to open connections, which end when the pool closes. */
final class Pauses {
  private final Set<Runnable> ends = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /**
   * {@return a future that completes with true after the pause, and immediately with false if the
   * pool closes} The caller may complete it earlier.
   */
  CompletableFuture<Boolean> begin(Duration time) {
    var pause = new CompletableFuture<Boolean>();
    Runnable end = () -> pause.complete(false);
    ends.add(end);
    pause.whenComplete((ignored, unused) -> ends.remove(end));
    Bound.on(pause, time, () -> pause.complete(true));
    // Guard against race with the pool's exit, which may not have seen this one.
    if (closed) {
      end.run();
    }
    return pause;
  }

  /** Ends all pauses, and those that begin later. */
  void close() {
    closed = true;
    ends.forEach(Runnable::run);
  }
}
