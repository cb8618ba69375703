package dev.withal;

import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The request to end that may reach a body in stage style.
 *
 * <p>Nothing is stopped behind its owner's back: a body that waits for work of somebody else says
 * here how that work is stopped. A body that ignores the request delays the exit by the grace
 * period, after which the exit begins although the body still runs.
 *
 * <p>A nested use whose future the body returns as it is, is asked as well. One behind a {@code
 * thenApply} is not: the body passes the request on by {@link #cancelling}.
 *
 * <p>Thread-safe. A null argument is refused with a {@link NullPointerException}.
 *
 * {@snippet class="dev.withal.guide.CancellationTest" region="cancellation"}
 */
public sealed interface Cancellation permits Cancellations {

  /**
   * {@return the reason the body is asked to end, or null if it is not} For example a {@link
   * java.util.concurrent.CancellationException} after {@code cancel}, or a {@link
   * java.util.concurrent.TimeoutException} after {@code orTimeout}.
   */
  @Nullable Throwable reason();

  /**
   * Calls {@code action} once with the reason when the body is asked to end, on the asking thread;
   * at once and on the calling thread if it has been asked already. Never calls it if the body ends
   * unasked. What the action throws is reported and stops nobody.
   *
   * @param action what to call; must not block
   */
  void onRequest(Consumer<? super Throwable> action);

  /**
   * Cancels {@code future} when the body is asked to end, as by {@code future.cancel(true)}.
   *
   * @param future work that this body owns
   * @param <F> the type of the future
   * @return the same future
   */
  default <F extends Future<?>> F cancelling(F future) {
    onRequest(_ -> future.cancel(true));
    return future;
  }
}
