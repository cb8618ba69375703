package dev.withal.database.internal;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** A connection that a {@link Shelf} can keep, and how old it is. */
public interface Kept {

  /** {@return how old it is} */
  Age age();

  /**
   * Closes it without keeping the caller waiting, and by force where that takes too long. {@return
   * what completes when it is closed, or left alone}
   *
   * @param limit how long it may take
   */
  CompletableFuture<Void> closeAside(Duration limit);

  /** How long something has been there, and how long nobody has used it; in real time. */
  final class Age {
    private final long opened = System.nanoTime();

    /** Written by who gives it back, and so before it is taken again. */
    private long idleSince = opened;

    /** {@return how long it has been open} */
    public Duration ofAll() {
      return Duration.ofNanos(System.nanoTime() - opened);
    }

    /** {@return how long nobody has used it} */
    public Duration idle() {
      return Duration.ofNanos(System.nanoTime() - idleSince);
    }

    void becomesIdle() {
      idleSince = System.nanoTime();
    }
  }
}
