package dev.withal.examples.recipes;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import dev.withal.Async;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The futures of Guava, and of what has the same ones, as gRPC's stubs do. */
public final class GuavaRecipes {
  private GuavaRecipes() {}

  /**
   * {@return a stage that ends as the future does}
   *
   * @param future the future
   * @param <T> the type of the value
   */
  public static <T extends @Nullable Object> CompletableFuture<T> stage(
      ListenableFuture<T> future) {
    // @start region="stage"
    return Async.stage(stage ->
        Futures.addCallback(future, new Completing<>(stage), MoreExecutors.directExecutor()));
    // @end
  }

  private record Completing<T extends @Nullable Object>(CompletableFuture<T> stage)
      implements FutureCallback<T> {
    @Override
    public void onSuccess(T value) {
      stage.complete(value);
    }

    @Override
    public void onFailure(Throwable error) {
      stage.completeExceptionally(error);
    }
  }
}
