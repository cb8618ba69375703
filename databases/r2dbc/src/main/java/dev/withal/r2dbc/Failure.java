package dev.withal.r2dbc;

import io.r2dbc.spi.R2dbcException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** The failure of a step of an exit. */
final class Failure {
  private Failure() {}

  /** {@return the original error that a future has wrapped in a {@link CompletionException}} */
  static Throwable unwrapped(Throwable error) {
    return error instanceof CompletionException && error.getCause() != null
        ? unwrapped(error.getCause())
        : error;
  }

  /** {@return an exception that a future passes on unchanged} */
  static CompletionException wrapped(Throwable error) {
    return error instanceof CompletionException wrapped ? wrapped : new CompletionException(error);
  }

  /** {@return the first error, with the second one suppressed; null if both are null} */
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

  /** {@return the error for what fails after a transaction} */
  static R2dbcException afterTransaction(String name, String what, Throwable error) {
    return new AfterTransactionException(name, what, unwrapped(error));
  }

  /** {@return the future of a step that had nothing to do} */
  static CompletableFuture<@Nullable Void> none() {
    return CompletableFuture.completedFuture(null);
  }
}
