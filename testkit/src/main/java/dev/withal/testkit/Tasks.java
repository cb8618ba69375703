package dev.withal.testkit;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The tasks handed to executors that have not ended yet.
 *
 * <p>Design: a task holds one permit from when it is handed over until it has ended or is refused.
 * A thread that gets all permits knows that none is left.
 */
final class Tasks {
  private static final int ALL = Integer.MAX_VALUE;

  private final Semaphore permits = new Semaphore(ALL);
  private final Set<Task> left = ConcurrentHashMap.newKeySet();

  /** {@return the executor, with its tasks known here} */
  Executor known(Executor executor) {
    return action -> {
      var task = new Task(action);
      permits.acquireUninterruptibly();
      left.add(task);
      try {
        executor.execute(task);
      } catch (Throwable refused) {
        task.end();
        throw refused;
      }
    };
  }

  /** Waits until all have ended. {@return the position of one that has not; null if all have} */
  @Nullable Throwable awaitEnd(Duration limit) throws InterruptedException {
    if (permits.tryAcquire(ALL, limit.toNanos(), TimeUnit.NANOSECONDS)) {
      permits.release(ALL);
      return null;
    }
    for (Task task : left) {
      Thread runner = task.runner;
      if (runner != null) {
        var where = new Throwable(runner.getName());
        where.setStackTrace(runner.getStackTrace());
        return where;
      }
    }
    return left.isEmpty() ? null : new Throwable("a task that waits for a thread");
  }

  private final class Task implements Runnable {
    private final Runnable action;
    private volatile @Nullable Thread runner;

    Task(Runnable action) {
      this.action = action;
    }

    @Override
    public void run() {
      runner = Thread.currentThread();
      try {
        action.run();
      } finally {
        end();
      }
    }

    /**
     * May be called twice: an executor that runs the task on the calling thread rethrows its error.
     */
    void end() {
      if (left.remove(this)) {
        permits.release();
      }
    }
  }
}
