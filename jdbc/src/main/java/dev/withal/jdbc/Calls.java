package dev.withal.jdbc;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** Makes calls that block on an executor. */
final class Calls {
  private Calls() {}

  /**
   * {@return a future of what the call returns; it fails if the executor refuses it}
   *
   * @param context who makes it, for messages
   */
  static <R extends @Nullable Object> CompletableFuture<R> start(
      String context, Executor executor, Callable<? extends R> call) {
    var result = new CompletableFuture<R>();
    try {
      executor.execute(() -> run(call, result));
    } catch (Throwable error) {
      result.completeExceptionally(refused(context, error));
    }
    return result;
  }

  /** {@return what to say where an executor has thrown this} */
  static Throwable refused(String context, Throwable error) {
    return error instanceof RejectedExecutionException
        ? new RejectedExecutionException(
            context
                + ": the executor for calls to the driver refused one, so it isn't made: keep the"
                + " executor open, and with room for a call on each connection, until the contexts"
                + " have exited",
            error)
        : error;
  }

  /**
   * {@return the same of a call that has to be made} If the executor refuses it, it has a virtual
   * thread: the calling one may be interrupted.
   */
  static <R extends @Nullable Object> CompletableFuture<R> startSurely(
      Executor executor, Callable<? extends R> call) {
    var result = new CompletableFuture<R>();
    executeSurely(executor, () -> run(call, result));
    return result;
  }

  private static void executeSurely(Executor executor, Runnable task) {
    try {
      executor.execute(task);
    } catch (Throwable refused) {
      // What was acquired is still to be released.
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
}
