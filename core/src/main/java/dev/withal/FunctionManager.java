package dev.withal;

import dev.withal.internal.Named;
import dev.withal.internal.Site;
import dev.withal.internal.Span;
import dev.withal.internal.Tracer;
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
final class FunctionManager<T extends @Nullable Object>
    implements AsyncContextManager<T>, Named<AsyncContextManager<T>> {

  /** Makes the context of a value. */
  @FunctionalInterface
  interface Contexts<T extends @Nullable Object> {
    AsyncContext<T> of(Object named, T value);
  }

  private final String kind;
  private final Object function;
  private final @Nullable String name;
  private final Supplier<? extends CompletionStage<? extends T>> enter;
  private final Contexts<T> contexts;

  /**
   * Makes a manager.
   *
   * @param kind what to call it where it has no name
   * @param function whose place tells it apart then
   */
  FunctionManager(
      String kind,
      Object function,
      @Nullable String name,
      Supplier<? extends CompletionStage<? extends T>> enter,
      Contexts<T> contexts) {
    Site.note(function);
    this.kind = kind;
    this.function = function;
    this.name = name;
    this.enter = enter;
    this.contexts = contexts;
  }

  @Override
  public AsyncContextManager<T> withName(String other) {
    return new FunctionManager<>(kind, function, other, enter, contexts);
  }

  @Override
  public CompletionStage<AsyncContext<T>> enterAsync() {
    Span span = Tracer.isOn() ? Inside.beginByHand() : null;
    if (span == null) {
      return enterAsync(this::contextOf);
    }
    Thread caller = Thread.currentThread();
    return Inside.run(
        span,
        () -> enterAsync(value -> EnteredByHand.entered(contextOf(value), this, span, caller)));
  }

  private CompletionStage<AsyncContext<T>> enterAsync(
      Function<@Nullable Object, AsyncContext<T>> made) {
    CompletionStage<? extends T> entering = entering();
    CompletionStage<AsyncContext<T>> context = Stages.map(Stages.guarded(this, entering), made);
    // What its owner doesn't let others complete, they can't complete here either.
    return Stages.isPlain(entering)
        ? context
        : context.toCompletableFuture().minimalCompletionStage();
  }

  CompletionStage<? extends T> entering() {
    return Objects.requireNonNull(
        enter.get(), "enter returned null instead of a stage: return one of the value");
  }

  @SuppressWarnings({"unchecked", "NullAway"}) // it is given what entering() completed with
  AsyncContext<T> contextOf(@Nullable Object value) {
    return contexts.of(this, (T) value);
  }

  @Override
  public String toString() {
    return name == null ? kind + Site.of(function) : name;
  }
}
