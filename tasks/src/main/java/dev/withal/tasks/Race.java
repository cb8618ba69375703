package dev.withal.tasks;

import dev.withal.AsyncBody;
import dev.withal.Cancellation;
import dev.withal.Work;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The value of a race: begins tasks of which the first success counts.
 *
 * <p>The futures of the tasks are those of a {@link TaskGroup}. When one has succeeded, the others
 * are asked to end; a result that comes second is released as that of a task that was asked. A task
 * that begins after that fails at once with a {@link java.util.concurrent.CancellationException}.
 *
 * <p>Thread-safe. A null argument is refused with a {@link NullPointerException}.
 *
 * @param <R> the type of the result
 */
public final class Race<R extends @Nullable Object> {
  private final RaceGroup<R> group;

  Race(RaceGroup<R> group) {
    this.group = group;
  }

  /**
   * Begins a task that may block, on a virtual thread of its own. It is asked to end by the
   * interruption of its thread.
   *
   * @param work the work of the task
   * @return a future that completes with the result of the work, or fails with its exception
   * @throws java.util.concurrent.CancellationException if the race is asked to end
   * @throws IllegalStateException if the race has ended
   */
  public CompletableFuture<R> fork(Work<? extends R, ?> work) {
    Objects.requireNonNull(work, "work");
    return group.isWon() ? group.lateForAll() : group.fork(work);
  }

  /**
   * Begins a task that doesn't block, on the calling thread. It lasts until its stage completes.
   *
   * @param task begins the work, and is told when it is asked to end
   * @return a future that completes as the task's stage does
   * @throws java.util.concurrent.CancellationException if the race is asked to end
   * @throws IllegalStateException if the race has ended
   */
  public CompletableFuture<R> start(AsyncBody<? super Cancellation, ? extends R> task) {
    Objects.requireNonNull(task, "task");
    return group.isWon() ? group.lateForAll() : group.start(task);
  }

  /**
   * {@return a future of the first success} Call it when the tasks have begun: it fails when no
   * task runs and none has succeeded, with the first error, or with an {@link
   * IllegalStateException} if no task has failed. Cancelling it asks nobody.
   */
  public CompletableFuture<R> first() {
    return group.first();
  }
}
