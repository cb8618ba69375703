package dev.withal.jdbc;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Makes calls that block on an executor. */
final class Calls {
  private Calls() {}

  /** {@return a future of what the call returns; it fails if the executor refuses it} */
  static <R extends @Nullable Object> CompletableFuture<R> start(
      Executor executor, Callable<? extends R> call) {
    var result = new CompletableFuture<R>();
    try {
      executor.execute(() -> run(call, result));
    } catch (Throwable refusal) {
      result.completeExceptionally(refusal);
    }
    return result;
  }

  /** {@return the same of a call that has to be made: here, if the executor refuses it} */
  static <R extends @Nullable Object> CompletableFuture<R> startSurely(
      Executor executor, Callable<? extends R> call) {
    var result = new CompletableFuture<R>();
    try {
      executor.execute(() -> run(call, result));
    } catch (Throwable refused) {
      // What was acquired is still to be released.
      run(call, result);
    }
    return result;
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
