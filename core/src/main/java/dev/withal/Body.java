package dev.withal;

import org.jspecify.annotations.Nullable;

/**
 * The code that runs inside a context in direct style: a function of the value, which may block and
 * throw.
 *
 * @param <T> the type of the context's value
 * @param <R> the type of the result
 * @param <X> the checked exception that it may throw, inferred from the lambda
 */
@FunctionalInterface
public interface Body<T extends @Nullable Object, R extends @Nullable Object, X extends Exception> {

  /**
   * Runs the body.
   *
   * @param value the context's value, valid until this method ends
   * @return the result; may be null
   * @throws X if the body fails
   * @throws InterruptedException if the body is interrupted, which counts as cancellation
   */
  R apply(T value) throws X, InterruptedException;

  /**
   * A body without a result.
   *
   * @param <T> the type of the context's value
   * @param <X> the checked exception that it may throw, inferred from the lambda
   */
  @FunctionalInterface
  interface Action<T extends @Nullable Object, X extends Exception> {

    /**
     * Runs the body.
     *
     * @param value the context's value, valid until this method ends
     * @throws X if the body fails
     * @throws InterruptedException if the body is interrupted, which counts as cancellation
     */
    void run(T value) throws X, InterruptedException;

    /** {@return the same, with null as its result} */
    default Body<T, @Nullable Void, X> withNull() {
      return new ActionBody<>(this);
    }
  }
}
