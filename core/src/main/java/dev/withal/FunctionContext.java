package dev.withal;

import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** A value and the function that releases it. */
record FunctionContext<T extends @Nullable Object>(
    T value, BiFunction<? super T, ? super ExitCase, ? extends CompletionStage<Verdict>> exit)
    implements AsyncContext<T> {

  @Override
  public CompletionStage<Verdict> exitAsync(ExitCase how) {
    return exit.apply(value, how);
  }

  /** Without the value: what reports print may not hold secrets. */
  @Override
  public String toString() {
    return "context";
  }
}
