package dev.withal.files;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A wait for a future that ends early: by an interruption, or because the task for which the thread
 * waits is asked to end. One thread waits at a time.
 */
final class Wait {
  private volatile @Nullable Task<?> asker;
  private volatile @Nullable Thread waiting;

  void asker(@Nullable Task<?> task) {
    asker = task;
  }

  /** Makes the waiting thread look at requests. */
  void wake() {
    LockSupport.unpark(waiting);
  }

  <R extends @Nullable Object> R await(CompletableFuture<R> future)
      throws IOException, InterruptedException {
    if (!future.isDone()) {
      Thread thread = Thread.currentThread();
      waiting = thread;
      future.whenComplete((ignored, unused) -> LockSupport.unpark(thread));
      try {
        while (!future.isDone()) {
          requireWanted();
          LockSupport.park(this);
        }
      } finally {
        waiting = null;
      }
    }
    return result(future);
  }

  private void requireWanted() throws InterruptedException {
    Task<?> task = asker;
    Throwable request = task == null ? null : task.request();
    if (request != null) {
      throw Wait.<RuntimeException>unchecked(request);
    }
    if (Thread.interrupted()) {
      throw new InterruptedException();
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
