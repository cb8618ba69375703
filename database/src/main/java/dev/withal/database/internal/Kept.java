package dev.withal.database.internal;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** A connection that a {@link Shelf} can keep, and how old it is. */
public interface Kept {

  /** {@return how old it is} */
  Age age();

  /**
   * {@return what completes when it is closed, or left alone} That begins here, without keeping the
   * caller waiting, and is done by force where it takes too long.
   *
   * @param limit how long it may take
   */
  CompletableFuture<Void> closeAside(Duration limit);

  /** How long something has been there, and how long nobody has used it; in real time. */
  final class Age {
    private final long opened = System.nanoTime();

    /** Begins now. */
    public Age() {}

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
