package dev.withal;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A task that runs once, whatever the executor does that it is given to: that may run it and then
 * throw, or run it twice (L15).
 */
final class Once extends AtomicReference<@Nullable Runnable> implements Runnable {
  private static final long serialVersionUID = 1;

  Once(Runnable task) {
    super(task);
  }

  /** Runs a task on an executor; here, if that doesn't take it. */
  static void run(Executor executor, Runnable task) {
    var once = new Once(task);
    try {
      executor.execute(once);
    } catch (Throwable refusal) {
      once.run();
      report(executor, refusal);
    }
  }

  /** Reports a refusal, unless it is what an executor says that is shut down. */
  static void report(Executor executor, Throwable refusal) {
    if (!(refusal instanceof RejectedExecutionException)) {
      Report.send(
          Report.Kind.FAILED_CALLBACK,
          executor,
          "an executor failed when it was given a task",
          refusal);
    }
  }

  /** {@return whether it had not begun, and never will now} */
  boolean drop() {
    return getAndSet(null) != null;
  }

  @Override
  public void run() {
    Runnable task = getAndSet(null);
    if (task != null) {
      task.run();
    }
  }
}
