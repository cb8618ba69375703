package dev.withal.database.internal;

import dev.withal.AsyncContext;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One connection's place in a pool, waited for or taken.
 *
 * <p>Design: a place is taken as long as its connection is. Where a context's enter is given up, a
 * connection may still be on its way, and nobody else may have the place before that is back. So
 * whoever asks for a connection has the place handed over, and leaves it in the end. An exit that
 * comes before that gives the place up: the pool's own exit doesn't wait for it (L8).
 */
public final class Place implements AsyncContext<Place> {
  private final Places places;
  private final String name;
  private final @Nullable Thread blocked;
  private final long asked = System.nanoTime();
  private final CompletableFuture<Place> taken = new CompletableFuture<>();

  /** Written by who has entered, and so before the exit. */
  private boolean handedOver;

  /** Written under the lock of the places; where the connection is back, so before the exit. */
  private boolean left;

  /**
   * @param name who takes it, for messages
   * @param blocked the thread that waits for it and then holds it, in direct style; null if no
   *     thread is known to
   */
  Place(Places places, String name, @Nullable Thread blocked) {
    this.places = places;
    this.name = name;
    this.blocked = blocked;
  }

  String name() {
    return name;
  }

  @Nullable Thread blocked() {
    return blocked;
  }

  /** {@return what completes when the place is taken, or fails if it can't be} */
  CompletableFuture<Place> taken() {
    return taken;
  }

  void markLeft() {
    left = true;
  }

  @Override
  public Place value() {
    return this;
  }

  /** {@return how long ago it was asked for, in real time} */
  public Duration waited() {
    return Duration.ofNanos(System.nanoTime() - asked);
  }

  /** Makes the caller the one who leaves it, instead of the exit. */
  public void handOver() {
    handedOver = true;
  }

  /** Leaves it; does nothing the second time. */
  public void leave() {
    places.leave(this);
  }

  @Override
  public CompletionStage<Verdict> exitAsync(ExitCase how) {
    if (!handedOver) {
      leave();
    } else if (!left) {
      places.giveUp(this);
    }
    return Verdict.PROPAGATE.now();
  }
}
