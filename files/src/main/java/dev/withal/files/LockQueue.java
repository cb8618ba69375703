package dev.withal.files;

import java.util.ArrayDeque;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The waits of this process for locks, for each file in the order in which they came. One at a time
 * has the turn: it asks the system for the lock, and keeps the turn until it has released the lock.
 *
 * <p>Design. A file is identified by the system's key for it, so that another name of it is the
 * same file. A queue exists for as long as some wait has the turn.
 */
final class LockQueue {
  private static final ConcurrentHashMap<Object, ArrayDeque<LockWait>> QUEUES =
      new ConcurrentHashMap<>();

  private LockQueue() {}

  /** Joins the queue. {@return whether the turn has come immediately} */
  static boolean join(Object key, LockWait wait) {
    var first = new boolean[1];
    QUEUES.compute(
        key,
        (ignored, queue) -> {
          if (queue == null) {
            first[0] = true;
            return new ArrayDeque<>();
          }
          queue.add(wait);
          return queue;
        });
    return first[0];
  }

  /** Leaves the queue. {@return whether it did; false if the turn has come} */
  static boolean remove(Object key, LockWait wait) {
    var removed = new boolean[1];
    QUEUES.computeIfPresent(
        key,
        (ignored, queue) -> {
          removed[0] = queue.remove(wait);
          return queue;
        });
    return removed[0];
  }

  /** Gives the turn to the next one that can use it. */
  static void pass(Object key) {
    LockWait wait;
    do {
      wait = next(key);
    } while (wait != null && !wait.turn());
  }

  private static @Nullable LockWait next(Object key) {
    @Nullable LockWait[] next = new @Nullable LockWait[1];
    QUEUES.computeIfPresent(
        key,
        (ignored, queue) -> {
          next[0] = queue.poll();
          return next[0] == null ? null : queue;
        });
    return next[0];
  }
}
