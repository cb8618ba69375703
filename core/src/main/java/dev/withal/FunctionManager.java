package dev.withal;

import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A manager made of functions.
 *
 * <p>Design: a use takes it apart, and awaits what the function returned instead of a stage made of
 * that.
 */
final class FunctionManager<T extends @Nullable Object> implements AsyncContextManager<T> {
  private final Supplier<? extends CompletionStage<? extends T>> enter;
  private final Function<? super T, AsyncContext<T>> context;

  FunctionManager(
      Supplier<? extends CompletionStage<? extends T>> enter,
      Function<? super T, AsyncContext<T>> context) {
    this.enter = enter;
    this.context = context;
  }

  @Override
  public CompletionStage<AsyncContext<T>> enterAsync() {
    return Stages.map(Stages.enter(this), this::contextOf);
  }

  CompletionStage<? extends T> entering() {
    return Objects.requireNonNull(
        enter.get(), "enter returned null instead of a stage: return one of the value");
  }

  @SuppressWarnings({"unchecked", "NullAway"}) // it is given what entering() completed with
  AsyncContext<T> contextOf(@Nullable Object value) {
    return context.apply((T) value);
  }
}
