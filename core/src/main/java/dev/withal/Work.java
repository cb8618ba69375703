package dev.withal;

import org.jspecify.annotations.Nullable;

/**
 * Work that returns a result, and may block and throw.
 *
 * @param <R> the type of the result
 * @param <X> the checked exception that it may throw, inferred from the lambda
 */
@FunctionalInterface
public interface Work<R extends @Nullable Object, X extends Exception> {

  /**
   * Runs it.
   *
   * @return the result; may be null
   * @throws X if it fails
   * @throws InterruptedException if it is interrupted, which counts as cancellation
   */
  R call() throws X, InterruptedException;

  /**
   * Work without a result.
   *
   * @param <X> the checked exception that it may throw, inferred from the lambda
   */
  @FunctionalInterface
  interface Action<X extends Exception> {

    /**
     * Runs it.
     *
     * @throws X if it fails
     * @throws InterruptedException if it is interrupted, which counts as cancellation
     */
    void run() throws X, InterruptedException;

    /** {@return the same, with null as its result} */
    default Work<@Nullable Void, X> withNull() {
      return () -> {
        run();
        return null;
      };
    }
  }
}
