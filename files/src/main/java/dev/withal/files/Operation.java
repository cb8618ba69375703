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
 * An operation of stage style, and the future of its result.
 *
 * <p>Design. Whoever claims the operation decides how it ends: its turn, the close, or the holder
 * of the future by cancelling or completing it. So the future is never done while the operation
 * runs, and who sees it done may use the buffer again.
 */
final class Operation<R extends @Nullable Object> extends CompletableFuture<R>
    implements Turn, Runnable {

  /** What is done in a turn. */
  @FunctionalInterface
  interface Body<R extends @Nullable Object> {
    R run() throws IOException;
  }

  private static final String OBTRUDE =
      "an operation's result can't be overwritten: until it begins, use cancel, complete or"
          + " completeExceptionally";

  private final OperationQueue queue;
  private final Action action;
  private final Body<? extends R> body;
  private final AtomicBoolean claimed = new AtomicBoolean();

  Operation(OperationQueue queue, Action action, Body<? extends R> body) {
    this.queue = queue;
    this.action = action;
    this.body = body;
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
    // Guard against race with the holder of the future, who may cancel it just now.
    if (!claim()) {
      queue.release();
      return;
    }
    R result;
    try {
      result = body.run();
    } catch (Throwable error) {
      queue.release();
      super.completeExceptionally(error);
      return;
    }
    // Before the future: what is chained to it may wait for the next operation.
    queue.release();
    super.complete(result);
  }

  private boolean claim() {
    return claimed.compareAndSet(false, true);
  }

  // To the holder of the future, these are requests, and come too late once the operation runs.

  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    return completeExceptionally(new CancellationException(action + " cancelled before it began"))
        || isCancelled();
  }

  @Override
  public boolean completeExceptionally(Throwable error) {
    Objects.requireNonNull(error, "error");
    return claim() && super.completeExceptionally(error);
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
