package dev.withal.jdbc;

import dev.withal.database.internal.Bound;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** The pauses between a pool's attempts to open connections, which end when the pool closes. */
final class Pauses {
  private final Set<CompletableFuture<Boolean>> all = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /**
   * {@return a future that completes with true after the pause, and immediately with false if the
   * pool closes} The caller may complete it earlier.
   */
  CompletableFuture<Boolean> begin(Duration time) {
    var pause = new CompletableFuture<Boolean>();
    all.add(pause);
    pause.whenComplete((ignored, unused) -> all.remove(pause));
    Bound.on(pause, time, () -> pause.complete(true));
    // Guard against race with the pool's exit, which may not have seen this one.
    if (closed) {
      pause.complete(false);
    }
    return pause;
  }

  /** Ends all pauses, and those that begin later. */
  void close() {
    closed = true;
    all.forEach(pause -> pause.complete(false));
  }
}
