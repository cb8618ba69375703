package dev.withal;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A stage that is complete from the start and stays so: it can be shared. */
final class Completed<T extends @Nullable Object> extends CompletableFuture<T> {

  private static final String FOR_GOOD =
      "this stage is complete for good: what it completed with can't be overwritten";

  Completed(@Nullable T value) {
    super.complete(value);
  }

  private Completed(Throwable error) {
    super.completeExceptionally(error);
  }

  /** {@return a stage that has failed from the start} */
  static <T extends @Nullable Object> Completed<T> failed(Throwable error) {
    return new Completed<>(error);
  }

  @Override
  public void obtrudeValue(@Nullable T value) {
    throw new UnsupportedOperationException(FOR_GOOD);
  }

  @Override
  public void obtrudeException(Throwable error) {
    throw new UnsupportedOperationException(FOR_GOOD);
  }
}
