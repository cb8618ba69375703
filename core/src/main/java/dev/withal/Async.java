package dev.withal;

import dev.withal.internal.Time;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * What code around contexts needs: to run, to wait for a stage, and to wait for some time.
 *
 * {@snippet class="dev.withal.guide.RunningTest" region="run"}
 */
public final class Async {
  private Async() {}

  /**
   * Runs a program's main part on a virtual thread and waits for it; on Ctrl-C or SIGTERM
   * interrupts it and lets every exit finish before the process ends.
   *
   * <p>Like {@link #run(Duration, ScopedValue.CallableOp)} with a grace period of 10 s.
   *
   * @param main what to run
   * @param <R> the type of the result
   * @param <X> the checked exception that it may throw
   * @return what main returned
   * @throws X if main fails
   * @throws InterruptedException if main ends so, or the calling thread is interrupted, which
   *     interrupts main and waits for it
   */
  public static <R extends @Nullable Object, X extends Exception> R run(
      ScopedValue.CallableOp<? extends R, X> main) throws X, InterruptedException {
    return run(Duration.ofSeconds(10), main);
  }

  /**
   * Runs a program's main part on a virtual thread and waits for it; on Ctrl-C or SIGTERM
   * interrupts it and lets every exit finish before the process ends.
   *
   * <p>When the process is told to end, main is interrupted and every use in stage style is asked
   * to end, all at the same moment, or later if {@link #untilShutdown} was called. Exits that begin
   * from then on are told the end of the grace period as their deadline. The process ends with the
   * exit code that the shell expects: 130 after Ctrl-C, 143 after SIGTERM; a main that has ended as
   * it was told to prints no stack trace.
   *
   * <p>When main returns by itself or fails, the uses in stage style that it has left behind are
   * asked to end and awaited, for the grace period at most. While other runs are under way, these
   * are the ones that main's own thread has entered. The counterpart of {@code asyncio.run}.
   *
   * @param grace how long all of this may take; then what is still held is {@linkplain Report
   *     reported}, and the process ends or this method returns without it
   * @param main what to run
   * @param <R> the type of the result
   * @param <X> the checked exception that it may throw
   * @return what main returned
   * @throws X if main fails
   * @throws InterruptedException if main ends so, or the calling thread is interrupted, which
   *     interrupts main and waits for it
   */
  public static <R extends @Nullable Object, X extends Exception> R run(
      Duration grace, ScopedValue.CallableOp<? extends R, X> main) throws X, InterruptedException {
    Objects.requireNonNull(grace, "grace");
    Objects.requireNonNull(main, "main");
    return Run.call(grace, main);
  }

  /**
   * Waits on the calling thread until the process is told to end: what the main part of a server
   * does while others serve.
   *
   * <p>With this call, the end of the process leaves time to drain: main is not interrupted and
   * uses go on, until the drain time is over or main has returned. Then all uses are asked to end
   * at once. Any thread may call this, under an {@link #run Async.run}; the longest drain time
   * counts.
   *
   * {@snippet class="dev.withal.guide.RunningTest" region="serve"}
   *
   * @param drain for how long uses go on; shorter than the grace period of the run
   * @throws InterruptedException if the calling thread is interrupted
   * @throws IllegalStateException if no run is under way
   * @throws IllegalArgumentException if the drain time leaves nothing of the grace period
   */
  public static void untilShutdown(Duration drain) throws InterruptedException {
    Async.<@Nullable Void, RuntimeException>await(untilShutdownAsync(drain));
  }

  /**
   * {@return a future that completes with null when the process is told to end} In all else it is
   * like {@link #untilShutdown}.
   *
   * @param drain for how long uses go on; shorter than the grace period of the run
   * @throws IllegalStateException if no run is under way
   * @throws IllegalArgumentException if the drain time leaves nothing of the grace period
   */
  public static CompletableFuture<Void> untilShutdownAsync(Duration drain) {
    return Shutdown.until(Objects.requireNonNull(drain, "drain"));
  }

  /**
   * Waits on the calling thread until a stage completes.
   *
   * <p>An interruption ends the wait. A use of Withal's that is waited for is then asked to end,
   * and has ended when this method throws; if it comes to a value all the same, that is returned,
   * and the flag set again. Any other stage stays its owner's. Inside an exit that runs on this
   * thread, only what the exit asked for ends the wait, such as a timeout that it set.
   *
   * @param stage what to wait for
   * @param <T> the type of the value
   * @param <X> the checked exception that the stage may fail with; name it to catch it
   * @return what the stage completed with
   * @throws X if the stage fails: its error as it is, without wrapping
   * @throws InterruptedException if the calling thread is interrupted
   */
  public static <T extends @Nullable Object, X extends Exception> T await(
      CompletionStage<? extends T> stage) throws X, InterruptedException {
    Objects.requireNonNull(stage, "stage");
    EventLoops.refuse("Async.await", "whenComplete on the stage");
    CompletableFuture<? extends T> future = Stages.awaitable(stage);
    if (!Stages.hasValue(future)) {
      try {
        Await.own(future);
      } finally {
        if (future != stage) {
          future.complete(null);
        }
      }
      Throwable error = Stages.failure(future, Thread.currentThread());
      if (error != null) {
        throw Failures.<X>sneaky(error);
      }
    }
    return future.resultNow();
  }

  /**
   * Refuses a call that blocks if the calling thread runs an event loop, as direct style does. For
   * the calls of your own that block, as those of a driver do on what its manager hands out.
   *
   * @param call what would block, as the message calls it
   * @param instead what to call instead
   * @throws IllegalStateException if the calling thread runs an event loop
   */
  public static void refuseEventLoop(String call, String instead) {
    Objects.requireNonNull(call, "call");
    Objects.requireNonNull(instead, "instead");
    EventLoops.refuse(call, instead);
  }

  /**
   * Waits on the calling thread for some time. Inside an exit that runs on this thread, only what
   * the exit asked for ends the wait, such as a timeout that it set.
   *
   * @param duration how long; zero or less returns at once
   * @throws InterruptedException if the calling thread is interrupted
   */
  public static void sleep(Duration duration) throws InterruptedException {
    EventLoops.refuse("Async.sleep", "Async.sleepAsync");
    CompletableFuture<Void> over = sleepAsync(duration);
    try {
      await(over);
    } finally {
      over.cancel(false);
    }
  }

  /**
   * {@return a future that completes with null when some time has passed} To cancel it frees the
   * timer.
   *
   * @param duration how long; zero or less means at once
   */
  public static CompletableFuture<Void> sleepAsync(Duration duration) {
    Objects.requireNonNull(duration, "duration");
    var over = new CompletableFuture<Void>();
    if (!duration.isPositive()) {
      over.complete(null);
      return over;
    }
    Time.Timer timer =
        Time.current().schedule(duration, InExit.continuing(() -> over.complete(null)));
    over.whenComplete((_, _) -> timer.cancel());
    return over;
  }

  /**
   * {@return a manager whose body may take some time at most} When the time is over, the body is
   * asked to end, and its exits run; then the use fails with a {@link
   * java.util.concurrent.TimeoutException}. On a stack that comes from {@link
   * AsyncExitStack#manager} it bounds the stack's body; one that was opened by hand has no body
   * that could be asked. The counterpart of {@code asyncio.timeout}.
   *
   * @param limit how long, counted from the enter
   */
  public static AsyncContextManager<Timeout> timeout(Duration limit) {
    return Timeout.manager(Objects.requireNonNull(limit, "limit"));
  }
}
