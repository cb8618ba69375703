package dev.withal;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A stage that is complete from the start and stays so: it can be shared. */
final class Completed<T> extends CompletableFuture<T> {

  Completed(@Nullable T value) {
    super.complete(value);
  }

  @Override
  public void obtrudeValue(@Nullable T value) {
    throw new UnsupportedOperationException("this stage is shared: its value can't be overwritten");
  }

  @Override
  public void obtrudeException(Throwable error) {
    obtrudeValue(null);
  }
}
