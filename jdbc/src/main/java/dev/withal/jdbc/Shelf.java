package dev.withal.jdbc;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The connections of a pool that nobody uses.
 *
 * <p>Design: who takes one has a place of the pool, and opens a new one only where none is here. So
 * there are never more than places. The one that was used last is lent first, and the others grow
 * old: they are closed when their time is over, by a timer that runs only while there are any.
 */
final class Shelf {
  private final Duration maxIdleTime;
  private final Duration maxLifeTime;
  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<Physical> idle = new ArrayDeque<>();
  private final Duration closing;
  private boolean closed;
  private @Nullable CompletableFuture<Void> timer;

  Shelf(PoolSettings settings) {
    this.maxIdleTime = settings.maxIdleTime();
    this.maxLifeTime = settings.maxLifeTime();
    this.closing = settings.bounds().cancel();
  }

  /** {@return the connection that was used last, if there is one and it will do; else null} */
  @Nullable Physical take(Predicate<Physical> will) {
    lock.lock();
    try {
      Physical last = idle.peekFirst();
      return last != null && will.test(last) ? idle.removeFirst() : null;
    } finally {
      lock.unlock();
    }
  }

  /** {@return whether the connection is kept, for who comes next} If not, it is to be closed. */
  boolean put(Physical physical) {
    lock.lock();
    try {
      if (closed || physical.age().compareTo(maxLifeTime) >= 0) {
        return false;
      }
      physical.becomesIdle();
      idle.addFirst(physical);
      wakeLater();
      return true;
    } finally {
      lock.unlock();
    }
  }

  int size() {
    lock.lock();
    try {
      return idle.size();
    } finally {
      lock.unlock();
    }
  }

  /** Keeps nothing from now on. {@return what it has kept} */
  List<Physical> close() {
    lock.lock();
    try {
      closed = true;
      if (timer != null) {
        timer.cancel(false);
      }
      List<Physical> left = List.copyOf(idle);
      idle.clear();
      return left;
    } finally {
      lock.unlock();
    }
  }

  private Duration left(Physical physical) {
    Duration idleLeft = maxIdleTime.minus(physical.idle());
    Duration lifeLeft = maxLifeTime.minus(physical.age());
    return idleLeft.compareTo(lifeLeft) < 0 ? idleLeft : lifeLeft;
  }

  /** Under the lock. */
  private void wakeLater() {
    if (timer == null || timer.isDone()) {
      idle.stream()
          .map(this::left)
          .min(Duration::compareTo)
          .ifPresent(first -> timer = Bound.after(first, this::clear));
    }
  }

  private void clear() {
    var over = new ArrayList<Physical>();
    lock.lock();
    try {
      idle.removeIf(physical -> !left(physical).isPositive() && over.add(physical));
      timer = null;
      wakeLater();
    } finally {
      lock.unlock();
    }
    over.forEach(physical -> physical.closeAside(closing));
  }
}
