package dev.withal.database.internal;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Bounds in time, and the actions past them.
 *
 * <p>Design: bounds are kept in real time, regardless of virtual time, which a network doesn't
 * follow. An action may block, so it has a thread of its own.
 */
public final class Bound {
  /** How long a driver has to notice that its connection was closed by force. */
  public static final Duration LAST = Duration.ofSeconds(1);

  private static final ThreadFactory FACTORY =
      Thread.ofVirtual().name("withal-bound").inheritInheritableThreadLocals(false).factory();
  private static final Executor EACH = task -> FACTORY.newThread(task).start();

  /**
   * Starts actions that are due.
   *
   * <p>A use of a database sets several bounds, and hardly ever meets one. The timers of {@link
   * CompletableFuture} wake their thread whenever one is set or cancelled, and cancelling one
   * creates an exception, whose stack trace is deep where a driver calls back. These timers do
   * neither.
   */
  private static final ScheduledThreadPoolExecutor CLOCK = clock();

  private Bound() {}

  private static ScheduledThreadPoolExecutor clock() {
    var clock =
        new ScheduledThreadPoolExecutor(
            1,
            Thread.ofPlatform()
                .daemon()
                .name("withal-bounds")
                .inheritInheritableThreadLocals(false)
                .factory());
    clock.setRemoveOnCancelPolicy(true);
    return clock;
  }

  /**
   * Runs an action later, on a thread of its own, unless a future is done by then.
   *
   * @param watched the future
   * @param limit how long the future has
   * @param action the action to run
   */
  public static void on(CompletableFuture<?> watched, Duration limit, Runnable action) {
    if (watched.isDone()) {
      return;
    }
    Future<?> timer =
        after(
            limit,
            () -> {
              // Guard against race with the future, which is too late to cancel a timer that fired.
              if (!watched.isDone()) {
                action.run();
              }
            });
    watched.whenComplete((ignored, unused) -> timer.cancel(false));
  }

  /**
   * {@return the cancellation of an action that runs later, on a thread of its own}
   *
   * @param time the delay
   * @param action the action to run
   */
  public static ScheduledFuture<?> after(Duration time, Runnable action) {
    return CLOCK.schedule(
        () -> EACH.execute(action), TimeUnit.NANOSECONDS.convert(time), TimeUnit.NANOSECONDS);
  }

  /**
   * Runs an action immediately, on a thread of its own.
   *
   * @param action the action to run
   */
  public static void aside(Runnable action) {
    EACH.execute(action);
  }

  /**
   * {@return a stage of a call to a driver, which completes in time}
   *
   * @param limit how long the call may take
   * @param call the call
   * @param abort makes the call fail, past the limit
   * @param lost called if the call hasn't ended {@linkplain #LAST a while} after that; returns the
   *     error with which the stage then fails
   * @param <R> the type of the result
   */
  public static <R extends @Nullable Object> CompletableFuture<R> within(
      Duration limit,
      CompletableFuture<R> call,
      Runnable abort,
      Supplier<? extends Throwable> lost) {
    if (call.isDone()) {
      return call;
    }
    CompletableFuture<R> told = call.copy();
    on(
        told,
        limit,
        () -> {
          abort.run();
          on(told, LAST, () -> told.completeExceptionally(lost.get()));
        });
    return told;
  }

  /**
   * {@return the shorter of two times}
   *
   * @param one the first time
   * @param other the second time
   */
  public static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
