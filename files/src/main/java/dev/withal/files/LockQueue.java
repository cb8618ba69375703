package dev.withal.files;

import java.util.ArrayDeque;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Who of this process waits for the lock of which file, in the order in which they came. One at a
 * time has the turn: it asks the system for the lock, and has the turn until it has released it.
 *
 * <p>Design. A file is known by the key that the system has for it, so that another name of it is
 * the same file. There is a queue for as long as somebody has the turn.
 */
final class LockQueue {
  private static final ConcurrentHashMap<Object, ArrayDeque<LockWait>> QUEUES =
      new ConcurrentHashMap<>();

  private LockQueue() {}

  /** Waits for the turn. {@return whether it has come at once} */
  static boolean join(Object key, LockWait wait) {
    var first = new boolean[1];
    QUEUES.compute(
        key,
        (_, queue) -> {
          if (queue == null) {
            first[0] = true;
            return new ArrayDeque<>();
          }
          queue.add(wait);
          return queue;
        });
    return first[0];
  }

  /** Waits no more. {@return whether it did; not if the turn has come} */
  static boolean remove(Object key, LockWait wait) {
    var removed = new boolean[1];
    QUEUES.computeIfPresent(
        key,
        (_, queue) -> {
          removed[0] = queue.remove(wait);
          return queue;
        });
    return removed[0];
  }

  /** Gives the turn to the next one. */
  static void pass(Object key) {
    @Nullable LockWait[] next = new @Nullable LockWait[1];
    QUEUES.computeIfPresent(
        key,
        (_, queue) -> {
          next[0] = queue.poll();
          return next[0] == null ? null : queue;
        });
    LockWait wait = next[0];
    if (wait != null) {
      wait.turn();
    }
  }
}
