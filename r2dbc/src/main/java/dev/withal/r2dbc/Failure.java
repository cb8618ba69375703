package dev.withal.r2dbc;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** How a step of an exit failed. */
final class Failure {
  private Failure() {}

  /** {@return the error as it was before a future put it into a {@link CompletionException}} */
  static Throwable unwrapped(Throwable error) {
    return error instanceof CompletionException && error.getCause() != null
        ? unwrapped(error.getCause())
        : error;
  }

  /** {@return an exception that a future passes on as it is} */
  static CompletionException wrapped(Throwable error) {
    return error instanceof CompletionException wrapped ? wrapped : new CompletionException(error);
  }

  /** {@return the first error, with the second one as a suppressed exception; null if none is} */
  static @Nullable Throwable joined(@Nullable Throwable first, @Nullable Throwable second) {
    if (first == null || second == null) {
      return first == null ? second : first;
    }
    Throwable shown = unwrapped(first);
    Throwable added = unwrapped(second);
    if (shown != added) {
      shown.addSuppressed(added);
    }
    return shown;
  }

  /** {@return a future of a step in which nothing had to be done} */
  static CompletableFuture<@Nullable Void> none() {
    return CompletableFuture.completedFuture(null);
  }
}
