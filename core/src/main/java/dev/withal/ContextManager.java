package dev.withal;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/**
 * A recipe for acquiring and releasing something by calls that may block: the synchronous
 * counterpart of {@link AsyncContextManager}. It corresponds to an object with {@code __enter__}
 * and {@code __exit__} in PEP 343.
 *
 * <p>Neither kind is accepted in place of the other; {@link #async()} and {@link
 * AsyncContextManager#blocking()} convert between them. The laws are the same. Names, timeouts and
 * other settings, {@code flatMap} and {@code useAsync} belong to the asynchronous kind: call {@link
 * #async()} first. A null argument is refused with a {@link NullPointerException}.
 *
 * {@snippet class="dev.withal.guide.SynchronousTest" region="both"}
 *
 * @param <T> the type of the value that a context hands out
 */
@FunctionalInterface
@CheckReturnValue
public interface ContextManager<T extends @Nullable Object> {

  /**
   * Acquires; may block.
   *
   * @return a fresh context, which the caller owns
   * @throws Exception if nothing was acquired
   */
  Context<? extends T> enter() throws Exception;

  /**
   * Runs the body inside a fresh context, all on the calling thread. Failure, verdicts and
   * interruption are treated as by {@link AsyncContextManager#use}.
   *
   * @param body the code to run with the context's value
   * @param <R> the type of the result
   * @param <X> the checked exception that the body may throw
   * @return what the body returned; null if it failed and the exit suppressed that
   * @throws X if the body fails; errors of enter and exit are thrown unchanged as well, even
   *     checked ones that are not declared
   * @throws InterruptedException if the enter or the body throws it
   */
  @CanIgnoreReturnValue
  default <R extends @Nullable Object, X extends Exception> R use(
      Body<? super T, ? extends R, X> body) throws X, InterruptedException {
    return Blocking.use(this, Objects.requireNonNull(body, "body"), Settings.DEFAULT);
  }

  /**
   * Runs a body without a result inside a fresh context, as {@link #use use} does.
   *
   * @param body the code to run with the context's value
   * @param <X> the checked exception that the body may throw
   * @throws X if the body fails; errors of enter and exit are thrown unchanged as well, even
   *     checked ones that are not declared
   * @throws InterruptedException if the enter or the body throws it
   */
  default <X extends Exception> void run(Body.Action<? super T, X> body)
      throws X, InterruptedException {
    this.<@Nullable Void, X>use(Objects.requireNonNull(body, "body").withNull());
  }

  /**
   * {@return this manager as one of both kinds} In direct style, enter and exit run on the calling
   * thread; on an {@link AsyncExitStack}, the exit runs on the thread that closes the stack. In
   * stage style, enter and exit run on the same virtual thread, which waits in between, so that
   * resources bound to a thread, such as locks, work.
   */
  default DualContextManager<T> async() {
    return new Blocking<>(this, null);
  }

  /**
   * {@return this manager as one of both kinds} In direct style, enter and exit run on the calling
   * thread; on an {@link AsyncExitStack}, the exit runs on the thread that closes the stack. In
   * stage style, enter and exit each run as a task of the executor. If the executor rejects the
   * enter, the enter fails with its exception; an exit that it rejects runs on the thread that
   * asked for it.
   *
   * @param executor runs enter and exit, which may block
   */
  default DualContextManager<T> async(Executor executor) {
    return new Blocking<>(this, Objects.requireNonNull(executor, "executor"));
  }

  /**
   * {@return a manager of something that is closed in the same way however the body ended} If the
   * value is null, the body runs with null and nothing is closed, as in a try-with-resources
   * statement.
   *
   * @param open opens it; may block
   * @param <T> the type of what is opened
   */
  static <T extends @Nullable AutoCloseable> ContextManager<T> closing(Callable<? extends T> open) {
    Objects.requireNonNull(open, "open");
    return new CallManager<>(
        "closing",
        open,
        (value, ignored) -> {
          if (value != null) {
            value.close();
          }
          return Verdict.PROPAGATE;
        });
  }

  /**
   * {@return a manager of something that is closed by a given function, in the same way however the
   * body ended} If the value is null, the close function is called with null. If it throws a {@link
   * NullPointerException} then, there is nothing to close.
   *
   * @param open opens it; may block
   * @param close closes it; may block
   * @param <T> the type of what is opened
   */
  static <T extends @Nullable Object> ContextManager<T> closing(
      Callable<? extends T> open, Body.Action<? super T, ?> close) {
    Objects.requireNonNull(open, "open");
    Objects.requireNonNull(close, "close");
    return new CallManager<>("closing", open, CallManager.closing(close));
  }

  /**
   * {@return a manager made from two functions}
   *
   * @param enter acquires a value; may block
   * @param exit releases that value, told how the body ended; may block
   * @param <T> the type of the value
   */
  static <T extends @Nullable Object> ContextManager<T> of(
      Callable<? extends T> enter, Exit<? super T> exit) {
    Objects.requireNonNull(enter, "enter");
    Objects.requireNonNull(exit, "exit");
    return new CallManager<>("manager", enter, exit);
  }

  /**
   * {@return a manager that holds a lock} It waits for the lock without a bound; an interruption
   * ends the wait. In direct style, the calling thread holds the lock. That is so even if {@link
   * #async()} is given a {@linkplain AsyncContextManager#enterTimeout bound on the enter}, which
   * then bounds the wait for the lock; a bound on the exit has no effect, because the exit doesn't
   * wait. In stage style, a virtual thread of its own holds the lock.
   *
   * @param lock the lock to hold
   */
  static ContextManager<Lock> lock(Lock lock) {
    return new Patient.Locked(Objects.requireNonNull(lock, "lock"), null, null, null);
  }

  /**
   * {@return a manager that holds a lock, with a bound on the wait for it} If the lock isn't free
   * in time, the enter fails with a {@link java.util.concurrent.TimeoutException}. Otherwise it is
   * like {@link #lock(Lock)}.
   *
   * @param lock the lock to hold
   * @param patience how long to wait for it
   */
  static ContextManager<Lock> lock(Lock lock, Duration patience) {
    return new Patient.Locked(
        Objects.requireNonNull(lock, "lock"),
        Objects.requireNonNull(patience, "patience"),
        null,
        null);
  }

  /**
   * {@return a manager that holds a permit of a semaphore} It waits for the permit without a bound;
   * an interruption ends the wait. Threads and bounds are as for {@link #lock(Lock) lock}.
   *
   * @param semaphore the semaphore that has the permits
   */
  static ContextManager<Semaphore> permit(Semaphore semaphore) {
    return new Patient.Permitted(Objects.requireNonNull(semaphore, "semaphore"), null, null, null);
  }

  /**
   * {@return a manager that holds a permit of a semaphore, with a bound on the wait for it} If
   * there is no permit in time, the enter fails with a {@link
   * java.util.concurrent.TimeoutException}.
   *
   * @param semaphore the semaphore that has the permits
   * @param patience how long to wait for it
   */
  static ContextManager<Semaphore> permit(Semaphore semaphore, Duration patience) {
    return new Patient.Permitted(
        Objects.requireNonNull(semaphore, "semaphore"),
        Objects.requireNonNull(patience, "patience"),
        null,
        null);
  }

  /**
   * {@return a manager of an executor that the exit shuts down} After a success, the exit awaits
   * the executor's tasks. If that takes longer than the given time, and at once if the body failed
   * or was cancelled, running tasks are interrupted and waiting ones are dropped. The exit fails
   * with a {@link java.util.concurrent.TimeoutException} if tasks of a successful body weren't done
   * in time, or if tasks still run after the same time again. If the exit has a {@linkplain
   * ExitCase#deadline() deadline} that is nearer, the tasks have half of the remaining time to end
   * by themselves; then they are interrupted, and have the rest. Interruptions of the thread don't
   * cut the exit short.
   *
   * @param open makes the executor, for example {@code Executors::newVirtualThreadPerTaskExecutor}
   * @param patience how long tasks are awaited
   * @param <E> the type of the executor
   */
  static <E extends ExecutorService> ContextManager<E> executor(
      Callable<? extends E> open, Duration patience) {
    return new ServingManager<>(
        Objects.requireNonNull(open, "open"), Objects.requireNonNull(patience, "patience"));
  }

  /**
   * Releases a value, told how the body ended.
   *
   * @param <T> the type of the value
   */
  @FunctionalInterface
  interface Exit<T extends @Nullable Object> {

    /**
     * Exits; may block.
     *
     * @param value the context's value
     * @param how how the body ended, as the exits before this one left it
     * @return the verdict
     * @throws Exception if the exit fails
     */
    Verdict exit(T value, ExitCase how) throws Exception;
  }
}
