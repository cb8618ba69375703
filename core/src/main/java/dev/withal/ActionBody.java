package dev.withal;

import org.jspecify.annotations.Nullable;

/** A body without a result, as one whose result is null. */
record ActionBody<T extends @Nullable Object, X extends Exception>(Body.Action<T, X> wrapped)
    implements Body<T, @Nullable Void, X>, Inside.Wraps {
  @Override
  public @Nullable Void apply(T value) throws X, InterruptedException {
    wrapped.run(value);
    return null;
  }
}
