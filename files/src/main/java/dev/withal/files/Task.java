package dev.withal.files;

import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Blocking work to be done on an executor, with the future of its result.
 *
 * <p>Design. Claiming the task decides how it ends: either the thread that runs it claims it, or
 * the holder of the future does, by cancelling or completing it. So the future is never done while
 * the work runs, and a caller that sees it done may use the buffer again. A cancellation of a
 * running task is kept as a request: work that may wait without end looks at it (a pipe does), and
 * other work finishes and counts.
 */
sealed class Task<R extends @Nullable Object> extends CompletableFuture<R> implements Runnable
    permits Operation, Acquiring.Waiting, Places.Placed {

  /** The work. */
  @FunctionalInterface
  interface Body<R extends @Nullable Object> {
    R run() throws IOException, InterruptedException;
  }

  private static final String OBTRUDE =
      "an operation's result can't be overwritten: until it begins, use cancel, complete or"
          + " completeExceptionally";

  private final Object name;
  private final Body<? extends R> body;
  private final AtomicBoolean claimed = new AtomicBoolean();
  private volatile @Nullable Throwable request;

  /**
   * @param name the name of the task, for messages
   */
  Task(Object name, Body<? extends R> body) {
    this.name = name;
    this.body = body;
  }

  /** {@return a task that the executor has been given} */
  static <R extends @Nullable Object> Task<R> start(
      Executor executor, Object name, Body<? extends R> body) {
    var task = new Task<R>(name, body);
    try {
      executor.execute(task);
    } catch (Throwable refusal) {
      task.completeExceptionally(refusal);
    }
    return task;
  }

  /** {@return why the task was asked to end while it runs; null if it wasn't} */
  @Nullable Throwable request() {
    return request;
  }

  /** Wakes the task, which runs and may wait for something, so that it looks at the request. */
  void wake() {}

  /** Called when the task will not run, or has run; before its future is done. */
  void ended() {}

  @Override
  public void run() {
    // Guard against race with the holder of the future, who may cancel it just now.
    if (!claim()) {
      ended();
      return;
    }
    R result;
    try {
      result = body.run();
    } catch (Throwable error) {
      ended();
      super.completeExceptionally(error);
      return;
    }
    // Before the future: its dependents may wait for the next operation.
    ended();
    super.complete(result);
  }

  private boolean claim() {
    return claimed.compareAndSet(false, true);
  }

  // For the holder of the future, these are requests.

  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    return completeExceptionally(new CancellationException(name + " cancelled")) || isCancelled();
  }

  /**
   * Fails a task that hasn't begun, and asks a running one to end.
   *
   * @return whether the task hadn't begun
   */
  @Override
  public boolean completeExceptionally(Throwable error) {
    Objects.requireNonNull(error, "error");
    if (claim()) {
      return super.completeExceptionally(error);
    }
    if (!isDone() && request == null) {
      request = error;
      wake();
    }
    return false;
  }

  @Override
  public boolean complete(R value) {
    return claim() && super.complete(value);
  }

  @Override
  public CompletableFuture<R> completeAsync(Supplier<? extends R> supplier, Executor executor) {
    Objects.requireNonNull(supplier, "supplier");
    executor.execute(() -> {
      try {
        complete(supplier.get());
      } catch (Throwable error) {
        completeExceptionally(error);
      }
    });
    return this;
  }

  @Override
  public void obtrudeValue(R value) {
    throw new UnsupportedOperationException(OBTRUDE);
  }

  @Override
  public void obtrudeException(Throwable error) {
    throw new UnsupportedOperationException(OBTRUDE);
  }
}
