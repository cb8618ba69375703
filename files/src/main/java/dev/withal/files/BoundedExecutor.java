package dev.withal.files;

import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Runs tasks on another executor, so many at a time at most: each may have a file open.
 *
 * <p>Design. A task of the other executor goes on with what waits, so that ten thousand small files
 * don't start as many threads.
 */
final class BoundedExecutor implements Executor {
  /** How many run at the same time. */
  static final int AT_ONCE = 64;

  /** How many may wait. */
  static final int LIMIT = 1_000_000;

  private final Executor executor;
  private final ReentrantLock lock = new ReentrantLock();

  // Guarded by the lock.
  private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
  private int running;

  BoundedExecutor(Executor executor) {
    this.executor = executor;
  }

  @Override
  public void execute(Runnable task) {
    if (begins(task)) {
      try {
        executor.execute(() -> runAll(task));
      } catch (Throwable refusal) {
        refused();
        throw refusal;
      }
    }
  }

  private boolean begins(Runnable task) {
    lock.lock();
    try {
      if (running < AT_ONCE) {
        running++;
        return true;
      }
      if (waiting.size() >= LIMIT) {
        throw new RejectedExecutionException(
            LIMIT + " operations on paths are waiting: wait for some to be done before the next");
      }
      waiting.add(task);
      return false;
    } finally {
      lock.unlock();
    }
  }

  private void runAll(Runnable first) {
    for (Runnable task = first; task != null; task = next()) {
      task.run();
    }
  }

  private @Nullable Runnable next() {
    lock.lock();
    try {
      Runnable next = waiting.poll();
      if (next == null) {
        running--;
      }
      return next;
    } finally {
      lock.unlock();
    }
  }

  /** One was refused. None waits for it: only while many run does one wait. */
  private void refused() {
    lock.lock();
    try {
      running--;
    } finally {
      lock.unlock();
    }
  }
}
