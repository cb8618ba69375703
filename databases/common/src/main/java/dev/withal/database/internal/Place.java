package dev.withal.database.internal;

import dev.withal.AsyncContext;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import dev.withal.database.Holder;
import dev.withal.database.Holder.Step;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A connection's place in a pool, waited for or taken.
 *
 * <p>Design: a place is taken as long as its connection is. If a context's enter is given up, a
 * connection may still be on its way, and nobody else may have the place before that one is back.
 * So the code that asks for a connection has the place handed over, and leaves it in the end. An
 * exit that comes before that gives the place up: the pool's own exit doesn't wait for it (L8).
 */
public final class Place implements AsyncContext<Place> {
  private final Places places;
  private final String name;

  /** Null once another thread may leave the place. */
  private volatile @Nullable Thread blocked;

  private final long asked = System.nanoTime();
  private final CompletableFuture<Place> taken = new CompletableFuture<>();
  private final @Nullable String site;
  private volatile Step step = Step.ENTER;

  /** Written under the lock of the places. */
  private long since = asked;

  /** When the body got the connection; 0 if it hasn't, or if there was no listener. */
  private volatile long lent;

  /** Written by the thread that has entered, and so before the exit. */
  private boolean handedOver;

  /** Written under the lock of the places; if the connection is back, also before the exit. */
  private boolean left;

  /**
   * @param name the name of the holder, for messages
   * @param blocked the thread that waits for the place and then holds it, in direct style; null if
   *     no thread is known to
   */
  Place(Places places, String name, @Nullable Thread blocked) {
    this.places = places;
    this.name = name;
    this.blocked = blocked;
    this.site = places.site();
  }

  String name() {
    return name;
  }

  @Nullable Thread blocked() {
    return blocked;
  }

  /** {@return a future that completes when the place is taken, and fails if it can't be} */
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

  /** Called under the lock of the places, if the place was waited for. */
  void takenAfterWaiting() {
    since = System.nanoTime();
  }

  /** {@return the holder; called under the lock of the places} */
  Holder holder() {
    return new Holder(name, step, Duration.ofNanos(System.nanoTime() - since), blocked, site);
  }

  /** Records that the body has its connection. */
  public void lent() {
    step = Step.BODY;
    if (places.listeners().areThere()) {
      lent = System.nanoTime();
      Duration waited = Duration.ofNanos(lent - asked);
      places.listeners().tell(listener -> listener.entered(waited));
    }
  }

  /** Records that the exit has begun. */
  public void exits() {
    step = Step.EXIT;
  }

  /** Tells listeners how long the body had its connection, if it had one. */
  void tellUsage() {
    if (lent != 0 && places.listeners().areThere()) {
      Duration used = Duration.ofNanos(System.nanoTime() - lent);
      places.listeners().tell(listener -> listener.exited(used));
    }
  }

  /** {@return how long ago the place was asked for, in real time} */
  public Duration waited() {
    return Duration.ofNanos(System.nanoTime() - asked);
  }

  /**
   * Records, once the place is taken, that another thread may leave it: nobody can know then that
   * it won't come free while its own thread waits.
   */
  public void leftByAnyThread() {
    blocked = null;
  }

  /** Makes the caller responsible for leaving the place, instead of the exit. */
  public void handOver() {
    handedOver = true;
  }

  /** Leaves the place; does nothing the second time. */
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
