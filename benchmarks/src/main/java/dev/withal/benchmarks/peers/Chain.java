package dev.withal.benchmarks.peers;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What people write by hand: a chain of stages that releases in every case, waits for the release,
 * and keeps both errors.
 */
public final class Chain implements Peer {

  @Override
  public Supplier<Future<Integer>> use(Source source) {
    return () -> using(source.acquireAsync());
  }

  /** {@return what the body comes to, after the release} */
  public static CompletableFuture<Integer> using(CompletableFuture<Source.Handle> acquired) {
    return acquired.thenCompose(handle ->
        read(handle)
            .handle((result, error) ->
                close(handle).handle((_, closeError) -> outcome(result, error, closeError)))
            .thenCompose(Function.identity()));
  }

  private static CompletableFuture<Integer> read(Source.Handle handle) {
    try {
      return handle.readAsync();
    } catch (Throwable error) {
      return CompletableFuture.failedFuture(error);
    }
  }

  private static CompletableFuture<Void> close(Source.Handle handle) {
    try {
      return handle.closeAsync();
    } catch (Throwable error) {
      return CompletableFuture.failedFuture(error);
    }
  }

  private static Integer outcome(
      Integer result, @Nullable Throwable error, @Nullable Throwable closeError) {
    if (error == null && closeError == null) {
      return result;
    }
    if (error != null && closeError != null && error != closeError) {
      error.addSuppressed(closeError);
    }
    throw new CompletionException(error == null ? closeError : error);
  }
}
