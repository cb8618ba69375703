package dev.withal.jdbc;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The attempts of one enter to open a connection, until it has one or is given up. */
final class Attempts {
  private final Pauses pauses;
  private volatile boolean over;
  private volatile @Nullable CompletableFuture<Boolean> pause;

  Attempts(Pauses pauses) {
    this.pauses = pauses;
  }

  /** {@return the same as {@link Source#pause}} */
  CompletableFuture<Boolean> pause(Duration time) {
    CompletableFuture<Boolean> begun = pauses.begin(time);
    pause = begun;
    // Guard against race with end(), which may not have seen this one.
    if (over) {
      begun.complete(false);
    }
    return begun;
  }

  /** Ends the pause, and those that begin later. */
  void end() {
    over = true;
    CompletableFuture<Boolean> begun = pause;
    if (begun != null) {
      begun.complete(false);
    }
  }
}
