package dev.withal.files;

import org.jspecify.annotations.Nullable;

/** An operation of stage style on an open file: a task with a place in the queue. */
final class Operation<R extends @Nullable Object> extends Task<R> implements Turn {
  private final OperationQueue queue;
  private final Action action;

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
    try {
      queue.executor().execute(this);
      return true;
    } catch (Throwable refusal) {
      completeExceptionally(refusal);
      return false;
    }
  }

  @Override
  public boolean refuse(FileClosedException reason) {
    return completeExceptionally(reason);
  }

  @Override
  public void run() {
    queue.asker(this);
    super.run();
  }

  @Override
  void wake() {
    queue.wake();
  }

  @Override
  void ended() {
    queue.asker(null);
    queue.release();
  }
}
