package dev.withal.testkit;

import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;

/**
 * An executor that runs a task when the test says so, on the thread that says it.
 *
 * <p>Thread-safe. A null argument is refused with a {@link NullPointerException}.
 */
public final class ManualExecutor implements Executor {
  private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();

  /** Makes an executor without tasks. */
  public ManualExecutor() {}

  @Override
  public void execute(Runnable task) {
    tasks.add(Objects.requireNonNull(task, "task"));
  }

  /** {@return how many tasks wait} */
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

  /** Runs all tasks, those included that they add themselves. */
  public void runAll() {
    for (Runnable next = tasks.poll(); next != null; next = tasks.poll()) {
      next.run();
    }
  }
}
