package dev.withal;

import dev.withal.internal.Named;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A manager of a value for which nothing is owed. */
record ValueManager<T extends @Nullable Object>(String name, T value)
    implements AsyncContextManager<T>, Named<AsyncContextManager<T>> {

  @Override
  public CompletionStage<AsyncContext<T>> enterAsync() {
    return new Completed<>(FunctionContext.owingNothing(name, value));
  }

  @Override
  public AsyncContextManager<T> withName(String other) {
    return new ValueManager<>(other, value);
  }

  /** Without the value: what reports print may not hold secrets. */
  @Override
  public String toString() {
    return name;
  }
}
