package dev.withal.tasks;

import dev.withal.Async;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * What an exception says of itself: nothing, where its method throws or returns null (L5), as that
 * must not keep a task from ending.
 */
final class Foreign {
  private Foreign() {}

  static @Nullable Throwable cause(Throwable error) {
    try {
      return error.getCause();
    } catch (Throwable broken) {
      return null;
    }
  }

  static List<Throwable> suppressed(Throwable error) {
    try {
      return Arrays.stream(error.getSuppressed()).filter(Objects::nonNull).toList();
    } catch (Throwable broken) {
      return List.of();
    }
  }

  static @Nullable String message(Throwable error) {
    try {
      return error.getMessage();
    } catch (Throwable broken) {
      return null;
    }
  }

  /**
   * {@return an error that was thrown on this virtual thread, without what futures wrap around it
   * (L5)} Core unwraps it, by an await, as only core knows whether this thread may add to the error
   * what a wrapper says.
   */
  static Throwable unwrapped(Throwable thrown) {
    if (!(thrown instanceof CompletionException) && !(thrown instanceof ExecutionException)) {
      return thrown;
    }
    try {
      Async.<@Nullable Void, Exception>await(CompletableFuture.failedFuture(thrown));
      return thrown;
    } catch (Throwable error) {
      return error;
    }
  }
}
