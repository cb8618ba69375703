package dev.withal;

import org.jspecify.annotations.Nullable;

/**
 * A context manager written as one method with one {@code yield}: what is before it enters, what is
 * after it exits. The counterpart of an async generator under {@code @asynccontextmanager} in
 * CPython's contextlib.
 *
 * <p>If the body fails or is cancelled, the yield throws what it ended with, the same object. To
 * catch it and return normally suppresses it; to throw another replaces it.
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
     * <p>An interruption of the generator's thread meanwhile asks the body to end, wherever that
     * runs: by a timeout around the yield, for example.
     *
     * @param value the context's value
     * @throws IllegalStateException if it is called a second time, or on another thread than the
     *     generator runs on
     * @throws Exception if the body failed or was cancelled: what it ended with
     */
    void value(T value) throws Exception;
  }
}
