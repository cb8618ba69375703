package dev.withal;

import org.jspecify.annotations.Nullable;

/**
 * A context manager written as one method with one {@code yield}: the code before the yield enters,
 * the code after it exits. The counterpart of an async generator under {@code @asynccontextmanager}
 * in CPython's contextlib.
 *
 * <p>If the body fails or is cancelled, the yield throws its error, the same object. Catching it
 * and returning normally suppresses it; throwing another error replaces it.
 *
 * {@snippet class="dev.withal.guide.WritingTest" region="generator"}
 *
 * @param <T> the type of the value that is yielded
 */
@FunctionalInterface
public interface Generator<T extends @Nullable Object> {

  /**
   * Enters, yields once, and exits. May block.
   *
   * @param yield where the body runs
   * @throws Exception if the enter or the exit fails, or the body did
   */
  void run(Yield<T> yield) throws Exception;

  /**
   * The place in a generator where the body runs.
   *
   * @param <T> the type of the value
   */
  @FunctionalInterface
  interface Yield<T extends @Nullable Object> {

    /**
     * Hands the value to the body and returns when the body has succeeded.
     *
     * <p>If the generator's thread is interrupted meanwhile, for example by a timeout around the
     * yield, the body is asked to end, on whichever thread it runs.
     *
     * @param value the context's value
     * @throws IllegalStateException if it is called a second time, or on a thread other than the
     *     generator's
     * @throws Exception if the body failed or was cancelled: the error of the body
     */
    void value(T value) throws Exception;
  }
}
