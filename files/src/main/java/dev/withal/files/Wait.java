package dev.withal.files;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A wait that ends early: by an interruption, or because the task for which the thread waits is
 * asked to end. One thread waits at a time.
 */
final class Wait {
  private volatile @Nullable Task<?> asker;
  private volatile @Nullable Thread waiting;

  void asker(@Nullable Task<?> task) {
    asker = task;
  }

  /** Makes the waiting thread look again, at its condition and at requests. */
  void wake() {
    LockSupport.unpark(waiting);
  }

  /** Something for which a thread waits. */
  @FunctionalInterface
  interface Condition {
    boolean holds() throws IOException;
  }

  /**
   * Waits for a condition, after each change of which {@link #wake} must be called. A request comes
   * first: bytes that arrive after it are for the next operation.
   */
  void until(Condition condition) throws IOException, InterruptedException {
    // Before the first look: a change after it finds the thread, and ends its next park.
    waiting = Thread.currentThread();
    try {
      requireNoRequest();
      while (!condition.holds()) {
        // Here too, as the look may have used up the wake while it waited for a lock.
        requireNoRequest();
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        LockSupport.park(this);
        requireNoRequest();
      }
    } finally {
      waiting = null;
    }
  }

  <R extends @Nullable Object> R await(CompletableFuture<R> future)
      throws IOException, InterruptedException {
    future.whenComplete((ignored, unused) -> wake());
    until(future::isDone);
    return result(future);
  }

  /** {@return why the task for which the thread waits is asked to end; null if it isn't} */
  @Nullable Throwable request() {
    Task<?> task = asker;
    return task == null ? null : task.request();
  }

  private void requireNoRequest() {
    Throwable request = request();
    if (request != null) {
      throw Wait.<RuntimeException>unchecked(request);
    }
  }

  /** {@return the result of a completed future} Its error is thrown unchanged. */
  static <R extends @Nullable Object> R result(CompletableFuture<R> future) throws IOException {
    try {
      return future.join();
    } catch (CompletionException failure) {
      throw Wait.<IOException>unchecked(failure.getCause() == null ? failure : failure.getCause());
    }
  }

  /** {@return the result of a caller's code} Its error is thrown unchanged. */
  static <R extends @Nullable Object> R ofCaller(Callable<? extends R> call) {
    try {
      return call.call();
    } catch (Exception error) {
      throw Wait.<RuntimeException>unchecked(error);
    }
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <X extends Throwable> X unchecked(Throwable error) throws X {
    throw (X) error;
  }
}
