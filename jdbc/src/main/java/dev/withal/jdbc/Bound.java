package dev.withal.jdbc;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Does something about what takes too long.
 *
 * <p>Design: in real time, whatever virtual time says: a network takes no notice of that.
 */
final class Bound {
  private Bound() {}

  /** Runs the action, on a thread of its own, unless the future is done by then. */
  static void on(CompletableFuture<?> watched, Duration limit, Runnable action) {
    if (watched.isDone()) {
      return;
    }
    CompletableFuture<Void> timer = after(limit, action);
    watched.whenComplete((_, _) -> timer.cancel(false));
  }

  /** Runs the action later, on a thread of its own. {@return what cancels it} */
  static CompletableFuture<Void> after(Duration time, Runnable action) {
    var timer = new CompletableFuture<Void>();
    timer.thenRunAsync(action, VirtualThreads.EACH);
    timer.completeOnTimeout(null, nanos(time), TimeUnit.NANOSECONDS);
    return timer;
  }

  static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private static long nanos(Duration time) {
    try {
      return time.toNanos();
    } catch (ArithmeticException _) {
      return Long.MAX_VALUE;
    }
  }
}
