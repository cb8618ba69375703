package dev.withal;

import org.jspecify.annotations.Nullable;

/**
 * What entering a {@link ContextManager} gives: a value to use, and the duty to exit once. The
 * synchronous counterpart of {@link AsyncContext}.
 *
 * @param <T> the type of the value
 */
public interface Context<T extends @Nullable Object> {

  /** {@return the value to use until the exit; may be null if the manager says so} */
  T value();

  /**
   * Exits; may block. The counterpart of {@code __exit__} in PEP 343, with the difference that
   * {@link AsyncContext#exitAsync} has: a failing exit is added to the body's error, not put in its
   * place.
   *
   * @param how how the body ended, as the exits before this one left it
   * @return the verdict
   * @throws Exception if the exit fails
   */
  Verdict exit(ExitCase how) throws Exception;
}
