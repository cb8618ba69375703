package dev.withal;

import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A value and the function that closes it, however the body ended.
 *
 * @param named as of a {@link FunctionContext}
 */
record ClosingContext<T extends @Nullable Object>(
    Object named, T value, Function<? super T, ? extends CompletionStage<?>> close)
    implements AsyncContext<T> {

  /** {@return a context of what was opened; nothing is to be closed if that is null} */
  static <T extends @Nullable Object> AsyncContext<T> of(
      Object named, T value, Function<? super T, ? extends CompletionStage<?>> close) {
    return value == null
        ? FunctionContext.owingNothing(named, value)
        : new ClosingContext<>(named, value, close);
  }

  @Override
  public CompletionStage<Verdict> exitAsync(ExitCase how) {
    return Stages.propagating(closing());
  }

  /** Begins to close. {@return a stage of whatever closing comes to} */
  CompletionStage<?> closing() {
    return released(close.apply(value));
  }

  static CompletionStage<?> released(@Nullable CompletionStage<?> release) {
    return Objects.requireNonNull(
        release,
        "a release returned null instead of a stage: return one that completes as it ends");
  }

  /** Without the value: what reports print may not hold secrets. */
  @Override
  public String toString() {
    return FunctionContext.nameOf(named);
  }
}
