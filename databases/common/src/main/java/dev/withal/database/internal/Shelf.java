package dev.withal.database.internal;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The idle connections of a pool.
 *
 * <p>Design: a caller that takes one has a place of the pool, and opens a new connection only if
 * none is here. So there are never more connections than places. The one that was used last is lent
 * first, and the others grow old: a timer, which runs only while there are any, closes them when
 * their time is over.
 *
 * @param <P> the type of the connections
 */
public final class Shelf<P extends Kept> {
  private final Duration maxIdleTime;
  private final Duration maxLifeTime;
  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<P> idle = new ArrayDeque<>();
  private final Duration closing;
  private boolean closed;
  private @Nullable ScheduledFuture<?> timer;

  /**
   * Creates an empty shelf.
   *
   * @param maxIdleTime how long an unused connection is kept
   * @param maxLifeTime how long any connection is kept
   * @param closing how long closing one may take
   */
  public Shelf(Duration maxIdleTime, Duration maxLifeTime, Duration closing) {
    this.maxIdleTime = maxIdleTime;
    this.maxLifeTime = maxLifeTime;
    this.closing = closing;
  }

  /**
   * {@return the connection that was used last, if there is one and it is acceptable; else null}
   * One whose time is over is closed instead.
   *
   * @param will tests whether a connection is acceptable; called under the lock
   */
  public @Nullable P take(Predicate<P> will) {
    var over = new ArrayList<P>(0);
    lock.lock();
    try {
      P last = idle.peekFirst();
      // Guard against race with the timer, which may be late.
      while (last != null && !left(last).isPositive()) {
        over.add(idle.removeFirst());
        last = idle.peekFirst();
      }
      return last != null && will.test(last) ? idle.removeFirst() : null;
    } finally {
      lock.unlock();
      over.forEach(kept -> kept.closeAside(closing));
    }
  }

  /**
   * {@return whether a connection is kept for the next use} If not, the caller must close it.
   *
   * @param kept the connection
   */
  public boolean put(P kept) {
    lock.lock();
    try {
      if (closed || kept.age().ofAll().compareTo(maxLifeTime) >= 0) {
        return false;
      }
      kept.age().becomesIdle();
      idle.addFirst(kept);
      wakeIn(left(kept));
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** {@return the number of connections that it keeps} */
  public int size() {
    lock.lock();
    try {
      return idle.size();
    } finally {
      lock.unlock();
    }
  }

  /** {@return all connections that it has kept} From now on it keeps none. */
  public List<P> close() {
    lock.lock();
    try {
      closed = true;
      if (timer != null) {
        timer.cancel(false);
      }
      List<P> left = List.copyOf(idle);
      idle.clear();
      return left;
    } finally {
      lock.unlock();
    }
  }

  private Duration left(P kept) {
    Duration idleLeft = maxIdleTime.minus(kept.age().idle());
    Duration lifeLeft = maxLifeTime.minus(kept.age().ofAll());
    return idleLeft.compareTo(lifeLeft) < 0 ? idleLeft : lifeLeft;
  }

  /**
   * Wakes when the time of a connection is over, unless that of another ends before. Called under
   * the lock.
   */
  private void wakeIn(Duration left) {
    ScheduledFuture<?> pending = timer;
    if (pending != null && !pending.isDone()) {
      if (left.compareTo(Duration.ofNanos(pending.getDelay(TimeUnit.NANOSECONDS))) >= 0) {
        return;
      }
      pending.cancel(false);
    }
    timer = Bound.after(left, this::clear);
  }

  private void clear() {
    var over = new ArrayList<P>();
    lock.lock();
    try {
      idle.removeIf(kept -> !left(kept).isPositive() && over.add(kept));
      if (timer != null) {
        // The one that fired, or its successor if that was set meanwhile.
        timer.cancel(false);
        timer = null;
      }
      idle.stream().map(this::left).min(Duration::compareTo).ifPresent(this::wakeIn);
    } finally {
      lock.unlock();
    }
    over.forEach(kept -> kept.closeAside(closing));
  }
}
