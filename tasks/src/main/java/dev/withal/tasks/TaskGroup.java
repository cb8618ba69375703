package dev.withal.tasks;

import dev.withal.Async;
import dev.withal.AsyncBody;
import dev.withal.Cancellation;
import dev.withal.Work;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The value of a group: begins tasks, which have ended when the group has.
 *
 * <p>The future of a task is done when the task has ended, and not before: cancelling it, or
 * completing it in any other way, asks the task to end. A task that is asked this way, by its
 * future, fails for whoever awaits it, and not for the group. What it returns all the same is
 * released as any use does: an {@link dev.withal.AsyncContext} is exited, and an {@link
 * AutoCloseable} is {@linkplain dev.withal.Report reported}. The result of a task that was not
 * asked is its future's, so a task that opens something for the body closes it if nobody takes it.
 *
 * <p>A task carries what its caller's thread carries, as far as a {@link dev.withal.CallerState}
 * knows of that. It doesn't inherit scoped values.
 *
 * <p>Any thread may begin tasks, also tasks themselves, until the group has ended. Thread-safe. A
 * null argument is refused with a {@link NullPointerException}.
 */
public final class TaskGroup {
  private final Group group;

  TaskGroup(Group group) {
    this.group = group;
  }

  /**
   * Begins a task that may block, on a virtual thread of its own. It is asked to end by the
   * interruption of its thread.
   *
   * <p>In a group with a width, this call blocks until there is room. If the calling thread is
   * interrupted meanwhile, the call fails, and the thread's flag is set again.
   *
   * @param work the work of the task
   * @param <R> the type of the result
   * @return a future that completes with the result of the work, or fails with its exception
   * @throws java.util.concurrent.CancellationException if the group is asked to end, or the calling
   *     thread is interrupted while it waits for room; nothing is begun then
   * @throws IllegalStateException if the group has ended; in a group with a width, if a forked task
   *     of it calls this, or the calling thread runs an event loop
   */
  public <R extends @Nullable Object> CompletableFuture<R> fork(Work<? extends R, ?> work) {
    Objects.requireNonNull(work, "work");
    return group.fork(work);
  }

  /** Forks for a caller that throws an interruption while it waits for room as such. */
  <R extends @Nullable Object> CompletableFuture<R> forkInterruptibly(Work<? extends R, ?> work)
      throws InterruptedException {
    return group.forkInterruptibly(work);
  }

  /**
   * Begins a task without a result that may block, as {@link #fork} does.
   *
   * @param action the work of the task
   * @return a future that completes with null when the work has ended, or fails with its exception
   * @throws java.util.concurrent.CancellationException if the group is asked to end, or the calling
   *     thread is interrupted while it waits for room; nothing is begun then
   * @throws IllegalStateException if the group has ended; in a group with a width, if a forked task
   *     of it calls this, or the calling thread runs an event loop
   */
  public CompletableFuture<@Nullable Void> launch(Work.Action<?> action) {
    return group.fork(new ForkedTask.Launched(Objects.requireNonNull(action, "action")));
  }

  /**
   * Begins a task that doesn't block, on the calling thread.
   *
   * <p>The task lasts until its stage completes. It is awaited however long it takes: one that
   * ignores a request to end holds up the group.
   *
   * @param task begins the work, and is told when it is asked to end
   * @param <R> the type of the result
   * @return a future that completes as the task's stage does
   * @throws java.util.concurrent.CancellationException if the group is asked to end; nothing is
   *     begun then
   * @throws IllegalStateException if the group has ended, or has a width and is full: await {@link
   *     #room} first
   */
  public <R extends @Nullable Object> CompletableFuture<R> start(
      AsyncBody<? super Cancellation, ? extends R> task) {
    Objects.requireNonNull(task, "task");
    return group.start(task);
  }

  /**
   * {@return a future that completes with null when a task can begin: at once, unless the group has
   * a width and is full} It reserves nothing: another caller that was told at the same time may
   * begin its task first. It fails with a {@link java.util.concurrent.CancellationException} if the
   * group is asked to end.
   *
   * <p>Code that may block needs no call of this, as {@link #fork} waits by itself, as by {@link
   * Async#await(java.util.concurrent.CompletionStage)}.
   */
  public CompletableFuture<@Nullable Void> room() {
    return group.room();
  }
}
