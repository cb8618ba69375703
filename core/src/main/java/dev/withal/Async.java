package dev.withal;

import dev.withal.internal.Time;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs programs and blocking work, waits for stages, bounds and delays, and turns other APIs into
 * stages.
 *
 * <p>Methods that block throw an {@link IllegalStateException} if the calling thread runs an event
 * loop. A null argument is refused with a {@link NullPointerException}.
 *
 * {@snippet class="dev.withal.guide.RunningTest" region="run"}
 */
public final class Async {
  private static final Duration DEFAULT_GRACE = Duration.ofSeconds(10);

  static {
    ClassPath.letIn();
  }

  private Async() {}

  /**
   * Runs a program's main part on a virtual thread and waits for it; on Ctrl-C or SIGTERM
   * interrupts it and lets every exit finish before the process ends.
   *
   * <p>Like {@link #run(Duration, Work.Action)} with a grace period of 10 s.
   *
   * @param main the main part of the program
   * @param <X> the checked exception that it may throw
   * @throws X if main fails
   * @throws InterruptedException if main throws it, or if the calling thread is interrupted; main
   *     is then interrupted and awaited
   */
  public static <X extends Exception> void run(Work.Action<X> main) throws X, InterruptedException {
    run(DEFAULT_GRACE, main);
  }

  /**
   * Runs a program's main part on a virtual thread and waits for it; on Ctrl-C or SIGTERM
   * interrupts it and lets every exit finish before the process ends.
   *
   * <p>When the process is told to end, main is interrupted and every use in stage style is asked
   * to end, all at the same moment, or later if {@link #untilShutdown} was called. Exits that begin
   * after that are told the end of the grace period as their deadline. The process ends with the
   * exit code that the shell expects: 130 after Ctrl-C, 143 after SIGTERM. If main ends because it
   * was interrupted this way, no stack trace is printed.
   *
   * <p>When main returns by itself or fails, the uses in stage style that it left running are asked
   * to end and awaited, for the grace period at most. If other runs are active, only uses that
   * main's own thread has entered are asked. After that, exit stacks that main's thread opened and
   * left open are closed, but for one that main returns. The counterpart of {@code asyncio.run}.
   *
   * @param grace how long all of this may take; contexts that are still held then are {@linkplain
   *     Report reported}, and the process ends, or this method returns, without waiting for them
   * @param main the main part of the program
   * @param <X> the checked exception that it may throw
   * @throws X if main fails
   * @throws InterruptedException if main throws it, or the calling thread is interrupted, which
   *     interrupts main and waits for it
   */
  public static <X extends Exception> void run(Duration grace, Work.Action<X> main)
      throws X, InterruptedException {
    Async.<@Nullable Void, X>call(grace, Objects.requireNonNull(main, "main").withNull());
  }

  /**
   * Runs a program's main part as {@link #run(Work.Action)} does, and returns its result.
   *
   * @param main the main part of the program
   * @param <R> the type of the result
   * @param <X> the checked exception that it may throw
   * @return what main returned
   * @throws X if main fails
   * @throws InterruptedException if main throws it, or the calling thread is interrupted, which
   *     interrupts main and waits for it
   */
  public static <R extends @Nullable Object, X extends Exception> R call(Work<? extends R, X> main)
      throws X, InterruptedException {
    return Async.<R, X>call(DEFAULT_GRACE, main);
  }

  /**
   * Runs a program's main part as {@link #run(Duration, Work.Action)} does, and returns its result.
   *
   * @param grace how long the end may take
   * @param main the main part of the program
   * @param <R> the type of the result
   * @param <X> the checked exception that it may throw
   * @return what main returned
   * @throws X if main fails
   * @throws InterruptedException if main throws it, or the calling thread is interrupted, which
   *     interrupts main and waits for it
   */
  public static <R extends @Nullable Object, X extends Exception> R call(
      Duration grace, Work<? extends R, X> main) throws X, InterruptedException {
    Objects.requireNonNull(grace, "grace");
    Objects.requireNonNull(main, "main");
    return Run.call(grace, main);
  }

  /**
   * Blocks the calling thread until the process is told to end. The main part of a server calls
   * this while other threads serve.
   *
   * <p>This call also reserves time for draining: when the process is told to end, main isn't
   * interrupted and uses go on until the drain time is over or main has returned. Then all uses are
   * asked to end at once. Any thread may call this under an {@link #run Async.run}; the longest
   * drain time counts.
   *
   * {@snippet class="dev.withal.guide.RunningTest" region="serve"}
   *
   * @param drain how long uses go on; shorter than the grace period of the run
   * @throws InterruptedException if the calling thread is interrupted
   * @throws IllegalStateException if no run is active, or the calling thread runs an event loop
   * @throws IllegalArgumentException if the drain time leaves nothing of the grace period
   */
  public static void untilShutdown(Duration drain) throws InterruptedException {
    // Before time is reserved for a wait that is refused.
    EventLoops.refuse("Async.untilShutdown", "Async.untilShutdownAsync");
    Async.<@Nullable Void, RuntimeException>await(untilShutdownAsync(drain));
  }

  /**
   * {@return a future that completes with null when the process is told to end} Otherwise it is
   * like {@link #untilShutdown}.
   *
   * @param drain how long uses go on; shorter than the grace period of the run
   * @throws IllegalStateException if no run is active
   * @throws IllegalArgumentException if the drain time leaves nothing of the grace period
   */
  public static CompletableFuture<Void> untilShutdownAsync(Duration drain) {
    return Shutdown.until(Objects.requireNonNull(drain, "drain"));
  }

  /**
   * Blocks the calling thread until a stage completes.
   *
   * <p>An interruption ends the wait. If the stage is the future of a use, that use is asked to
   * end, and has ended when this method throws; if it completes with a value all the same, the
   * value is returned and the interrupt flag set again. Any other stage isn't touched: its work
   * goes on, unless it is stopped by {@link #await(CompletionStage, Runnable)}. Inside an exit that
   * runs on this thread, only what the exit itself has set ends the wait, such as a timeout.
   *
   * @param stage the stage to wait for
   * @param <T> the type of the value
   * @param <X> the checked exception that the stage may fail with; name it to catch it
   * @return what the stage completed with
   * @throws X if the stage fails: its error unchanged, without wrapping
   * @throws InterruptedException if the calling thread is interrupted
   * @throws IllegalStateException if the calling thread runs an event loop, or if the stage is the
   *     future of a use that itself waits for this thread's work, or whose enter, body or exit
   *     function makes this call, so that it would never end
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
   * Blocks the calling thread until work has ended. An interruption stops the work, and the wait
   * goes on until it has ended.
   *
   * <p>Use this for work that doesn't know of interruptions. Otherwise it is like {@link
   * #await(CompletionStage)}: if the work completes with a value all the same, the value is
   * returned and the interrupt flag set again. Work that ignores being stopped is awaited without a
   * bound.
   *
   * {@snippet class="dev.withal.guide.CancellationTest" region="stop"}
   *
   * @param stage completes when the work has ended
   * @param stop asks the work to end; called once, on the calling thread; must not block; if it
   *     throws, that is reported, and the work is still awaited
   * @param <T> the type of the value
   * @param <X> the checked exception that the stage may fail with; name it to catch it
   * @return what the stage completed with
   * @throws X if the stage fails without having been stopped: its error unchanged, without wrapping
   * @throws InterruptedException if the calling thread is interrupted and the work then fails; an
   *     error of its own is added as a suppressed exception
   * @throws IllegalStateException if the calling thread runs an event loop
   */
  public static <T extends @Nullable Object, X extends Exception> T await(
      CompletionStage<? extends T> stage, Runnable stop) throws X, InterruptedException {
    Objects.requireNonNull(stage, "stage");
    Objects.requireNonNull(stop, "stop");
    EventLoops.refuse("Async.await", "whenComplete on the stage");
    CompletableFuture<? extends T> future = Stages.future(stage);
    ThreadWork.Wait wait = ThreadWork.beginToWait(future);
    try {
      Await.end(future);
    } catch (InterruptedException interruption) {
      Await.stopped(future, stop, interruption);
      return future.resultNow();
    } finally {
      ThreadWork.end(wait);
    }
    Throwable error = Stages.failure(future, Thread.currentThread());
    if (error != null) {
      throw Failures.<X>sneaky(error);
    }
    return future.resultNow();
  }

  /**
   * Runs blocking work on a virtual thread of its own, as the body or part of the body in stage
   * style.
   *
   * <p>Cancelling the future, or completing it in any other way, interrupts the thread. The future
   * is done when the work has ended, not before. A body that returns this future as it is needs no
   * {@link Cancellation}.
   *
   * <p>A result that the work still returns then reaches no caller: an {@link AsyncContext} is
   * exited, and an {@link AutoCloseable} is {@linkplain Report reported} and left open. So work
   * that opens something for its caller must close it when it is interrupted.
   *
   * {@snippet class="dev.withal.guide.CancellationTest" region="call"}
   *
   * @param work the work to run
   * @param <R> the type of the result
   * @return a future that completes with the result of the work, or fails with its exception
   */
  public static <R extends @Nullable Object> CompletableFuture<R> callAsync(
      Work<? extends R, ?> work) {
    return OwnThread.call(Objects.requireNonNull(work, "work"));
  }

  /**
   * Runs work without a result on a virtual thread of its own, as {@link #callAsync} does.
   *
   * @param action the work to run
   * @return a future that completes with null when the work has ended, or fails with its exception
   */
  public static CompletableFuture<Void> runAsync(Work.Action<?> action) {
    return OwnThread.call(Objects.requireNonNull(action, "action").withNull());
  }

  /**
   * Turns a call with callbacks into a stage.
   *
   * {@snippet class="dev.withal.guide.CancellationTest" region="stage"}
   *
   * <p>Cancelling the future doesn't stop the call: a body that returns it says by {@link
   * Cancellation#stopping} how the call is stopped.
   *
   * @param begin begins the call, and arranges for the given future to be completed when the call
   *     is over; if it throws, the future fails with that exception, or the error is {@linkplain
   *     Report reported} if the future is done by then
   * @param <T> the type of the value
   * @return the future
   */
  public static <T extends @Nullable Object> CompletableFuture<T> stage(
      Consumer<? super CompletableFuture<T>> begin) {
    Objects.requireNonNull(begin, "begin");
    var future = new CompletableFuture<T>();
    try {
      begin.accept(future);
    } catch (Throwable error) {
      One.failOrReport(future, begin, error);
    }
    return future;
  }

  /**
   * Subscribes to a publisher of at most one element.
   *
   * <p>Cancelling the future, or completing it in any other way, cancels the subscription. The
   * future is done immediately, even if the publisher goes on.
   *
   * @param publisher the publisher to subscribe to
   * @param <T> the type of the element
   * @return a future that completes when the publisher does: with its element, or with null if
   *     there is none; it fails with the publisher's error, with the exception that {@code
   *     subscribe} throws, or with an {@link IllegalStateException} if there is a second element
   */
  public static <T> CompletableFuture<@Nullable T> one(Flow.Publisher<? extends T> publisher) {
    return One.of(Objects.requireNonNull(publisher, "publisher"));
  }

  /**
   * {@return a task that runs the given one with what the calling thread carries now, on whichever
   * thread it runs} Only what a {@link CallerState} captures is carried; without one, it is the
   * same task. Use it for executors and threads of your own; those of this library do it by
   * themselves.
   *
   * @param task the task to run
   */
  public static Runnable carrying(Runnable task) {
    return Carried.along(Objects.requireNonNull(task, "task"));
  }

  /**
   * Throws if the calling thread runs an event loop, as direct style does. Call this first in
   * blocking methods of your own, such as those of a connection that your manager hands out.
   *
   * @param call the name of the blocking call, for the message
   * @param instead the call to use instead, for the message
   * @throws IllegalStateException if the calling thread runs an event loop
   */
  public static void refuseEventLoop(String call, String instead) {
    Objects.requireNonNull(call, "call");
    Objects.requireNonNull(instead, "instead");
    EventLoops.refuse(call, instead);
  }

  /**
   * Blocks the calling thread for some time. Inside an exit that runs on this thread, only a limit
   * that the exit itself has set, such as a timeout, ends the wait early.
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
   * {@return a future that completes with null after some time} Cancelling it frees the timer.
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
    over.whenComplete((ignored, unused) -> timer.cancel());
    return over;
  }

  /**
   * {@return a manager that bounds how long its body may take} When the time is over, the body is
   * asked to end, and its exits run; then the use fails with a {@link
   * java.util.concurrent.TimeoutException}. On a stack that comes from {@link
   * AsyncExitStack#manager} it bounds the stack's body; a stack that was opened by hand has no body
   * that could be asked. The counterpart of {@code asyncio.timeout}.
   *
   * @param limit how long, counted from the enter
   */
  public static AsyncContextManager<Timeout> timeout(Duration limit) {
    return Timeout.manager(Objects.requireNonNull(limit, "limit"));
  }

  /**
   * Runs work on the calling thread, for some time at most. When the time is over, the thread is
   * interrupted. This is {@link #timeout} with the exception in its signature, and the counterpart
   * of {@code asyncio.wait_for}.
   *
   * {@snippet class="dev.withal.guide.TimeLimitsTest" region="within"}
   *
   * @param limit how long
   * @param work the work to run
   * @param <R> the type of the result
   * @param <X> the checked exception that the work may throw
   * @return what the work returned
   * @throws X if the work fails
   * @throws TimeoutException if the time was over before the work had ended; the work has ended
   *     when this is thrown
   * @throws InterruptedException if the work throws it for another reason
   */
  public static <R extends @Nullable Object, X extends Exception> R callWithin(
      Duration limit, Work<? extends R, X> work) throws X, TimeoutException, InterruptedException {
    Objects.requireNonNull(work, "work");
    EventLoops.refuse("a call within a limit", "orTimeout on the future of a use");
    return timeout(limit).<R, X>use(ignored -> work.call());
  }

  /**
   * Runs work without a result on the calling thread, as {@link #callWithin} does.
   *
   * @param limit how long
   * @param action the work to run
   * @param <X> the checked exception that the work may throw
   * @throws X if the work fails
   * @throws TimeoutException if the time was over before the work had ended; the work has ended
   *     when this is thrown
   * @throws InterruptedException if the work throws it for another reason
   */
  public static <X extends Exception> void runWithin(Duration limit, Work.Action<X> action)
      throws X, TimeoutException, InterruptedException {
    Async.<@Nullable Void, X>callWithin(limit, Objects.requireNonNull(action, "action").withNull());
  }
}
