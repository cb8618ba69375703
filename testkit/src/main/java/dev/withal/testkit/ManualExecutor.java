package dev.withal.testkit;

import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;

/**
 * An executor that runs a task when the test asks it to, on the test's own thread.
 *
 * <p>Thread-safe. A null argument is refused with a {@link NullPointerException}.
 */
public final class ManualExecutor implements Executor {
  private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();

  /** Creates an executor without tasks. */
  public ManualExecutor() {}

  @Override
  public void execute(Runnable task) {
    tasks.add(Objects.requireNonNull(task, "task"));
  }

  /** {@return the number of waiting tasks} */
  public int waiting() {
    return tasks.size();
  }

  /**
   * Runs the task that has waited longest.
   *
   * @throws IllegalStateException if no task waits
   */
  public void runNext() {
    Runnable next = tasks.poll();
    if (next == null) {
      throw new IllegalStateException("no task waits: nothing was given to this executor");
    }
    next.run();
  }

  /** Runs all tasks, including those that they add themselves. */
  public void runAll() {
    for (Runnable next = tasks.poll(); next != null; next = tasks.poll()) {
      next.run();
    }
  }
}
