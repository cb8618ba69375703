package dev.withal.database.internal;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** A connection that a {@link Shelf} can keep, with its age. */
public interface Kept {

  /** {@return its age} */
  Age age();

  /**
   * {@return a stage that completes when the connection is closed, or left alone} Closing begins
   * here, without blocking the caller, and is done by force if it takes too long.
   *
   * @param limit how long closing may take
   */
  CompletableFuture<Void> closeAside(Duration limit);

  /** How long an object has existed, and how long it has been unused; in real time. */
  final class Age {
    private final long opened;

    /** Written by the thread that gives the object back, and so before it is taken again. */
    private long idleSince;

    /** Creates the age of an object that is made now. */
    public Age() {
      this(System.nanoTime());
    }

    /** Creates the age of an object that was made at a time of {@link System#nanoTime()}. */
    Age(long opened) {
      this.opened = opened;
      this.idleSince = opened;
    }

    /** {@return how long the object has existed} */
    public Duration ofAll() {
      return Duration.ofNanos(System.nanoTime() - opened);
    }

    /** {@return how long the object has been unused} */
    public Duration idle() {
      return Duration.ofNanos(System.nanoTime() - idleSince);
    }

    void becomesIdle() {
      idleSince = System.nanoTime();
    }
  }
}
