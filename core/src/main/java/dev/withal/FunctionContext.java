package dev.withal;

import dev.withal.internal.Site;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * A value and the function that releases it.
 *
 * @param named what knows the name: a manager, a name, or a function that was noted by {@link
 *     Site#note}
 */
record FunctionContext<T extends @Nullable Object>(
    Object named,
    T value,
    BiFunction<? super T, ? super ExitCase, ? extends CompletionStage<Verdict>> exit)
    implements AsyncContext<T> {

  /** The exit of a value for which nothing is owed. */
  private enum Nothing implements BiFunction<@Nullable Object, ExitCase, CompletionStage<Verdict>> {
    OWED;

    @Override
    public CompletionStage<Verdict> apply(@Nullable Object value, ExitCase how) {
      return Verdict.PROPAGATE.now();
    }
  }

  /** {@return a context of a value for which nothing is owed} */
  static <T extends @Nullable Object> FunctionContext<T> owingNothing(Object named, T value) {
    return new FunctionContext<>(named, value, Nothing.OWED);
  }

  /** Whether nothing is owed for a context's value, which is somebody else's then. */
  static boolean owesNothing(AsyncContext<?> context) {
    return context instanceof FunctionContext<?> function && function.exit instanceof Nothing;
  }

  /** {@return what stands for a context in whose exit nobody asks for the value any more} */
  @SuppressWarnings("unchecked") // which is null for any type
  static <T extends @Nullable Object> AsyncContext<T> withoutValue(
      AsyncContext<? extends T> context, Object named) {
    AsyncContext<@Nullable Object> without =
        switch (context) {
          // Its answer is read in its own way.
          case ClosingContext<?> closing ->
              new ClosingContext<>(closing.named(), null, ignored -> Verdict.PROPAGATE.now());
          case FunctionContext<?> function -> owingNothing(function.named(), null);
          default -> owingNothing(named, null);
        };
    return (AsyncContext<T>) without;
  }

  /** {@return what a context is called by what knows its name} */
  static String nameOf(Object named) {
    return named instanceof AsyncContextManager<?> || named instanceof String
        ? named.toString()
        : "exit" + Site.of(named);
  }

  @Override
  public CompletionStage<Verdict> exitAsync(ExitCase how) {
    return exit.apply(value, how);
  }

  /** Without the value: what reports print may not hold secrets. */
  @Override
  public String toString() {
    return nameOf(named);
  }
}
