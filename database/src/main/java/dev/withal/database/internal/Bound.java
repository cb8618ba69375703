package dev.withal.database.internal;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Does something about what takes too long.
 *
 * <p>Design: in real time, whatever virtual time says: a network takes no notice of that. What is
 * done may block, so it has a thread of its own.
 */
public final class Bound {
  /** How long a driver has to notice that its connection was closed by force. */
  public static final Duration LAST = Duration.ofSeconds(1);

  private static final ThreadFactory FACTORY =
      Thread.ofVirtual().name("withal-bound").inheritInheritableThreadLocals(false).factory();
  private static final Executor EACH = task -> FACTORY.newThread(task).start();

  /**
   * Starts what is due.
   *
   * <p>A use of a database has several bounds, and hardly ever meets one. The timers of {@link
   * CompletableFuture} wake their thread for each that is set and each that is cancelled, and to
   * cancel one makes an exception, whose stack trace is deep where a driver calls back. These do
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
   * @param limit how long it has
   * @param action what to run
   */
  public static void on(CompletableFuture<?> watched, Duration limit, Runnable action) {
    if (watched.isDone()) {
      return;
    }
    Future<?> timer = after(limit, action);
    watched.whenComplete((_, _) -> timer.cancel(false));
  }

  /**
   * {@return what cancels an action that runs later, on a thread of its own}
   *
   * @param time how much later
   * @param action what to run
   */
  public static Future<?> after(Duration time, Runnable action) {
    return CLOCK.schedule(
        () -> EACH.execute(action), TimeUnit.NANOSECONDS.convert(time), TimeUnit.NANOSECONDS);
  }

  /**
   * Runs an action at once, on a thread of its own.
   *
   * @param action what to run
   */
  public static void aside(Runnable action) {
    EACH.execute(action);
  }

  /**
   * {@return what a call to a driver comes to, in time}
   *
   * @param limit how long it may take
   * @param call the call
   * @param abort makes it fail, past the limit
   * @param lost called if it hasn't ended {@linkplain #LAST a while} after that; tells what it
   *     fails with then
   * @param <R> what it returns
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
   * @param one the one
   * @param other the other
   */
  public static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
