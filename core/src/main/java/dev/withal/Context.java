package dev.withal;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The result of entering a {@link ContextManager}: a value to use, and the duty to exit once. The
 * synchronous counterpart of {@link AsyncContext}.
 *
 * @param <T> the type of the value
 */
public interface Context<T extends @Nullable Object> {

  /** {@return the value to use until the exit; may be null if the manager says so} */
  T value();

  /**
   * {@return a stage that completes exceptionally, with the reason, if the value is lost while the
   * body still runs} The body is then asked to end, as by {@link AsyncContext#lost}. Null, the
   * default, if the value can't be lost.
   */
  default @Nullable CompletionStage<?> lost() {
    return null;
  }

  /**
   * Exits; may block. The counterpart of {@code __exit__} in PEP 343, with the same difference as
   * {@link AsyncContext#exitAsync}: the error of a failing exit is added to the body's error, and
   * doesn't replace it.
   *
   * @param how how the body ended, as the exits before this one left it
   * @return the verdict
   * @throws Exception if the exit fails
   */
  Verdict exit(ExitCase how) throws Exception;
}
