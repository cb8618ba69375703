package dev.withal;

import org.jspecify.annotations.Nullable;

/**
 * What runs inside a context in direct style: a function of the value that may block and may throw.
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
   * @param value the context's value, good until this method ends
   * @return the result; may be null
   * @throws X if the body fails
   * @throws InterruptedException if the body is interrupted, which counts as cancelled
   */
  R apply(T value) throws X, InterruptedException;
}
