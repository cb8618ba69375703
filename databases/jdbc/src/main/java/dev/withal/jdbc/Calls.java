package dev.withal.jdbc;

import dev.withal.Async;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Runs blocking calls on an executor. */
final class Calls {
  private Calls() {}

  /**
   * {@return a future that completes with the result of the call, and fails if the executor refuses
   * it}
   *
   * @param context the name of the context that makes the call, for messages
   */
  static <R extends @Nullable Object> CompletableFuture<R> start(
      String context, Executor executor, Callable<? extends R> call) {
    var result = new CompletableFuture<R>();
    try {
      executor.execute(Async.carrying(() -> run(call, result)));
    } catch (Throwable error) {
      result.completeExceptionally(refused(context, error));
    }
    return result;
  }

  /** {@return the error that reports a refusal by an executor} */
  static Throwable refused(String context, Throwable error) {
    return error instanceof RejectedExecutionException
        ? new RejectedExecutionException(
            context
                + ": the executor for driver calls refused a call, which was not made:"
                + " keep the executor open, with room for one call per connection, until"
                + " the contexts have exited",
            error)
        : error;
  }

  /**
   * {@return the same for a call that must be made} If the executor refuses the call, a new virtual
   * thread makes it, since the calling thread may be interrupted.
   */
  static <R extends @Nullable Object> CompletableFuture<R> startSurely(
      Executor executor, Callable<? extends R> call) {
    var result = new CompletableFuture<R>();
    executeSurely(executor, Async.carrying(() -> run(call, result)));
    return result;
  }

  private static void executeSurely(Executor executor, Runnable task) {
    try {
      executor.execute(task);
    } catch (Throwable refused) {
      // The connection that was acquired still has to be released.
      if (executor == VirtualThreads.EACH) {
        task.run();
      } else {
        executeSurely(VirtualThreads.EACH, task);
      }
    }
  }

  private static <R extends @Nullable Object> void run(
      Callable<? extends R> call, CompletableFuture<R> result) {
    try {
      result.complete(call.call());
    } catch (Throwable error) {
      result.completeExceptionally(error);
    }
  }

  /** The driver threw the error on another thread; a reader needs to see the caller as well. */
  static SQLException withFramesOfCaller(SQLException error) {
    error.setStackTrace(
        Stream.of(error.getStackTrace(), new Throwable().getStackTrace())
            .flatMap(Stream::of)
            .toArray(StackTraceElement[]::new));
    return error;
  }
}
