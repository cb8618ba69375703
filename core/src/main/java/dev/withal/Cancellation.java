package dev.withal;

import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tells a body in stage style when it is asked to end, and why.
 *
 * <p>A request stops nothing by itself. A body that waits for work says here how that work is
 * {@linkplain #stopping stopped}, and ends when the work has ended. A body that ignores the request
 * delays the exit by the grace period; after that, the exit begins although the body still runs.
 *
 * <p>If the body returns the future of a nested use unchanged, that use is asked to end as well.
 * Behind a {@code thenApply} it isn't reached, and the body passes the request on by {@link
 * #cancelling}.
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
   * Calls {@code action} once, with the reason, when the body is asked to end: on the asking
   * thread, or at once on the calling thread if the body has been asked already. It is never called
   * if the body ends without being asked. Exceptions of the action are {@linkplain Report reported}
   * and have no other effect.
   *
   * @param action the action to call; must not block
   */
  void onRequest(Consumer<? super Throwable> action);

  /**
   * Stops work when the body is asked to end. The body returns the stage that this method returns,
   * and so lasts until the work has ended: the exit doesn't begin while the work still runs, unless
   * the grace period is over.
   *
   * {@snippet class="dev.withal.guide.CancellationTest" region="stopping"}
   *
   * @param work completes when the work has ended
   * @param stop asks the work to end; called once, on the asking thread, or at once on the calling
   *     thread if the body has been asked already; also called if the work has ended by then and
   *     the body goes on; must not block
   * @param <S> the type of the stage
   * @return the same stage
   */
  default <S extends CompletionStage<?>> S stopping(S work, Runnable stop) {
    Objects.requireNonNull(work, "work");
    Objects.requireNonNull(stop, "stop");
    onRequest(ignored -> stop.run());
    return work;
  }

  /**
   * Cancels {@code future} when the body is asked to end, as by {@code future.cancel(true)}.
   *
   * <p>This is right for two kinds of futures: those that are done only when their work has ended,
   * such as the futures of {@link AsyncContextManager#useAsync useAsync} and {@link
   * Async#callAsync}; and those without any work behind them, such as timers. Any other {@link
   * java.util.concurrent.CompletableFuture} is done as soon as it is cancelled, while its work goes
   * on beside the exit. For these, use {@link #stopping}.
   *
   * @param future the future that the body waits for
   * @param <F> the type of the future
   * @return the same future
   */
  default <F extends Future<?>> F cancelling(F future) {
    Objects.requireNonNull(future, "future");
    onRequest(ignored -> future.cancel(true));
    return future;
  }
}
