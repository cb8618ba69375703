package dev.withal;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The code that runs inside a context in stage style: a function of the value that returns a stage.
 *
 * <p>The body lasts until that stage completes. The function itself must not block. If it throws or
 * returns null, the body has failed.
 *
 * @param <T> the type of the context's value
 * @param <R> the type of the result
 */
@FunctionalInterface
public interface AsyncBody<T extends @Nullable Object, R extends @Nullable Object> {

  /**
   * Begins the body.
   *
   * @param value the context's value, valid until the returned stage completes
   * @return a stage that completes when the body ends
   * @throws Exception if the body fails at once
   */
  CompletionStage<? extends R> apply(T value) throws Exception;

  /**
   * An asynchronous body that wants to know when it is asked to end.
   *
   * @param <T> the type of the context's value
   * @param <R> the type of the result
   */
  @FunctionalInterface
  interface Cancellable<T extends @Nullable Object, R extends @Nullable Object> {

    /**
     * Begins the body.
     *
     * @param value the context's value, valid until the returned stage completes
     * @param cancellation says when the body is asked to end
     * @return a stage that completes when the body ends
     * @throws Exception if the body fails at once
     */
    CompletionStage<? extends R> apply(T value, Cancellation cancellation) throws Exception;
  }
}
