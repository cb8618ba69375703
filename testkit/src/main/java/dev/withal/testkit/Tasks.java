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
 * <p>Design: a task holds one permit from when it is handed over until it has ended. Who gets all
 * permits knows that none is left.
 */
final class Tasks {
  private static final int ALL = Integer.MAX_VALUE;

  private final Semaphore permits = new Semaphore(ALL);
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

  /** {@return the executor, with its tasks counted here} */
  Executor known(Executor executor) {
    return task -> {
      permits.acquireUninterruptibly();
      executor.execute(() -> run(task));
    };
  }

  private void run(Runnable task) {
    threads.add(Thread.currentThread());
    try {
      task.run();
    } finally {
      threads.remove(Thread.currentThread());
      permits.release();
    }
  }

  /** Waits until all have ended. {@return where one is that has not; null if all have} */
  @Nullable Throwable awaitEnd(Duration limit) throws InterruptedException {
    if (permits.tryAcquire(ALL, limit.toNanos(), TimeUnit.NANOSECONDS)) {
      permits.release(ALL);
      return null;
    }
    for (Thread thread : threads) {
      var where = new IllegalStateException(thread.getName());
      where.setStackTrace(thread.getStackTrace());
      return where;
    }
    return new IllegalStateException("a task never begins");
  }
}
