package dev.withal;

import dev.withal.internal.Site;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * A synchronous manager made of two functions.
 *
 * @param kind what to call it, beside the place of the function
 */
record CallManager<T extends @Nullable Object>(
    String kind, Callable<? extends T> open, ContextManager.Exit<? super T> exit)
    implements ContextManager<T> {

  CallManager {
    Site.note(open);
  }

  /** {@return an exit that closes, and has nothing to close where nothing was opened} */
  static <T extends @Nullable Object> ContextManager.Exit<T> closing(
      Body.Action<? super T, ?> close) {
    return (value, ignored) -> {
      try {
        close.run(value);
      } catch (NullPointerException nothing) {
        if (value != null) {
          throw nothing;
        }
      }
      return Verdict.PROPAGATE;
    };
  }

  @Override
  public Context<T> enter() throws Exception {
    T value = open.call();
    return new Called<>(this, value, exit);
  }

  @Override
  public String toString() {
    return kind + Site.of(open);
  }

  /**
   * A value and the function that releases it.
   *
   * @param named what knows the name
   */
  record Called<T extends @Nullable Object>(
      Object named, T value, ContextManager.Exit<? super T> exit) implements Context<T> {
    @Override
    public Verdict exit(ExitCase how) throws Exception {
      return exit.exit(value, how);
    }

    /** Without the value: what reports print may not hold secrets. */
    @Override
    public String toString() {
      return Report.nameOf(named);
    }
  }
}
