package dev.withal;

import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A recipe for acquiring and releasing something by calls that may block: the synchronous
 * counterpart of {@link AsyncContextManager}, as {@code __enter__} and {@code __exit__} in PEP 343
 * are of their asynchronous ones.
 *
 * <p>Neither can be taken for the other: where one of the other kind is asked for, {@link #async()}
 * or {@link AsyncContextManager#blocking()} makes it. The laws are the same, but for what needs
 * another thread: its values can't be lost, and its enters aren't bounded.
 *
 * {@snippet class="dev.withal.guide.WritingTest" region="both"}
 *
 * @param <T> the type of the value that a context hands out
 */
@FunctionalInterface
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
   * @param body what to run with the context's value
   * @param <R> the type of the result
   * @param <X> the checked exception that the body may throw
   * @return what the body returned; null if it failed and the exit suppressed that
   * @throws X if the body fails; the errors of enter and exit are thrown as they are as well,
   *     checked ones included
   * @throws InterruptedException if the enter or the body ends so
   */
  default <R extends @Nullable Object, X extends Exception> R use(
      Body<? super T, ? extends R, X> body) throws X, InterruptedException {
    return Blocking.use(this, Objects.requireNonNull(body, "body"), Settings.DEFAULT);
  }

  /**
   * {@return this manager as one of both kinds} In direct style all runs on the calling thread; on
   * an {@link AsyncExitStack}, the exit on the one that closes the stack. In stage style, enter and
   * exit run on one virtual thread that waits between them, so that what is bound to a thread
   * works.
   */
  default DualContextManager<T> async() {
    return new Blocking<>(this, null);
  }

  /**
   * {@return this manager as one of both kinds} In direct style all runs on the calling thread; on
   * an {@link AsyncExitStack}, the exit on the one that closes the stack. In stage style, enter and
   * exit each run as a task of the executor; an exit that it rejects runs on the thread that asked
   * for it.
   *
   * @param executor where calls may block
   */
  default DualContextManager<T> async(Executor executor) {
    return new Blocking<>(this, Objects.requireNonNull(executor, "executor"));
  }

  /**
   * {@return a manager of something that is closed the same way however the body ended} If what is
   * opened is null, the body runs with null and nothing is closed, as in a try-with-resources
   * statement.
   *
   * @param open opens it; may block
   * @param <T> the type of what is opened
   */
  static <T extends @Nullable AutoCloseable> ContextManager<T> closing(Callable<? extends T> open) {
    Objects.requireNonNull(open, "open");
    return new Blocking.Opening<>(open);
  }
}
