package dev.withal.testkit;

import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * How far virtual time has come, and its pending events: timers, for which it passes, and looks,
 * which happen as it passes but don't make it pass. Guarded by the lock of its {@link
 * VirtualClock}.
 */
final class Agenda {
  private final PriorityQueue<Pending> timers =
      new PriorityQueue<>(Comparator.comparing(Pending::due).thenComparingLong(Pending::number));

  private final PriorityQueue<Pending> looks = new PriorityQueue<>(timers.comparator());
  private Duration elapsed = Duration.ZERO;
  private long scheduled;

  Duration elapsed() {
    return elapsed;
  }

  /** {@return the number of pending timers} Looks don't count. */
  int timers() {
    return timers.size();
  }

  Pending schedule(Duration delay, Runnable action) {
    Pending timer = pending(delay, action);
    timers.add(timer);
    return timer;
  }

  boolean cancel(Pending timer) {
    return timers.remove(timer);
  }

  boolean watch(Duration delay, Runnable action) {
    return looks.add(pending(delay, action));
  }

  private Pending pending(Duration delay, Runnable action) {
    return new Pending(elapsed.plus(delay), scheduled++, action);
  }

  /** Lets time pass to a moment until which nothing is due. */
  void passTo(Duration until) {
    elapsed = until;
  }

  /**
   * Lets time pass to the first event. {@return the event; null if there is no timer to pass for}
   */
  @Nullable Runnable next() {
    return timers.isEmpty() ? null : take(first());
  }

  /** The same, but for looks as well. {@return null if nothing is due until then} */
  @Nullable Runnable next(Duration until) {
    Pending first = first();
    return first == null || first.due.compareTo(until) > 0 ? null : take(first);
  }

  private @Nullable Pending first() {
    Pending timer = timers.peek();
    Pending look = looks.peek();
    if (timer == null || look == null) {
      return timer == null ? look : timer;
    }
    return timers.comparator().compare(timer, look) <= 0 ? timer : look;
  }

  private @Nullable Runnable take(@Nullable Pending first) {
    if (first == null) {
      return null;
    }
    if (!timers.remove(first)) {
      looks.remove(first);
    }
    elapsed = first.due;
    return first.action;
  }

  record Pending(Duration due, long number, Runnable action) {}
}
