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

  @Override
  public CompletionStage<Verdict> exitAsync(ExitCase how) {
    return Stages.propagating(closing());
  }

  /** Begins to close. {@return a stage of whatever closing comes to} */
  CompletionStage<?> closing() {
    CompletionStage<?> release;
    try {
      release = close.apply(value);
    } catch (NullPointerException nothing) {
      if (value != null) {
        throw nothing;
      }
      // Nothing was opened, and this function closes something.
      return Verdict.PROPAGATE.now();
    }
    return released(release);
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
