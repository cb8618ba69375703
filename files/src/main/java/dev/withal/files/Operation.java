package dev.withal.files;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * An operation of stage style on an open file: a task with a place in the queue.
 *
 * <p>Design. An executor may run the task before its {@code execute} returns, on the thread that
 * hands out the turns. Then the turn isn't passed on from inside the task, since a long line would
 * need a deep stack: it is owed until {@code take} returns, and the loop that called that
 * continues.
 */
final class Operation<R extends @Nullable Object> extends Task<R> implements Turn {
  private final OperationQueue queue;
  private final Action action;
  private final AtomicBoolean begun = new AtomicBoolean();
  // Other threads may see it late or not at all: each looks for itself alone.
  private volatile @Nullable Thread giver;
  // Of the thread that hands the turn over.
  private @Nullable Throwable refusal;

  Operation(OperationQueue queue, Action action, Body<? extends R> body) {
    super(action, body);
    this.queue = queue;
    this.action = action;
  }

  @Override
  public Action action() {
    return action;
  }

  @Override
  public boolean take() {
    if (isDone()) {
      return false;
    }
    giver = Thread.currentThread();
    try {
      queue.executor().execute(this);
    } catch (Throwable refused) {
      // Guard against an executor that fails, and runs the task nevertheless.
      if (begun.compareAndSet(false, true)) {
        refusal = refused;
        return false;
      }
    } finally {
      giver = null;
    }
    return !queue.settle();
  }

  /**
   * Fails if the executor has refused it. The turn is another one's by then, as a dependent may
   * wait for its own.
   */
  void tellRefusal() {
    if (refusal != null) {
      completeExceptionally(refusal);
    }
  }

  @Override
  public boolean refuse(FileClosedException reason) {
    return completeExceptionally(reason);
  }

  @Override
  public void run() {
    if (begun.compareAndSet(false, true)) {
      queue.asker(this);
      super.run();
    }
  }

  @Override
  void wake() {
    queue.wake();
  }

  @Override
  void ended() {
    queue.asker(null);
    if (giver == Thread.currentThread()) {
      queue.releaseOrOwe();
    } else {
      queue.release(this);
    }
  }

  // A dependent of an operation that blocks must not wait for a turn that the operation owes.

  @Override
  public R join() {
    queue.catchUp();
    return super.join();
  }

  @Override
  public R get() throws InterruptedException, ExecutionException {
    queue.catchUp();
    return super.get();
  }

  @Override
  public R get(long timeout, TimeUnit unit)
      throws InterruptedException, ExecutionException, TimeoutException {
    queue.catchUp();
    return super.get(timeout, unit);
  }
}
