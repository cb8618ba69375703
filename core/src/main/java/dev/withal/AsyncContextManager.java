package dev.withal;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A recipe for acquiring something asynchronously and for releasing it asynchronously, whatever
 * happens in between.
 *
 * <p>It is to {@code enterAsync} and {@link AsyncContext#exitAsync exitAsync} what an object with
 * {@code __aenter__} and {@code __aexit__} is in PEP 492, and serves two styles of code:
 *
 * <ul>
 *   <li>direct style, {@link #use use}: enter, body and exit run on the calling thread, which
 *       blocks until they are done; made for virtual threads;
 *   <li>stage style, {@link #useAsync(AsyncBody) useAsync}: nothing blocks, and the returned future
 *       completes after the exit has.
 * </ul>
 *
 * <p>In both, the exit runs exactly once if the enter gave a context, whether the body returned a
 * value, failed, or was cancelled; and not at all if the enter failed. The result is seen only
 * after the exit.
 *
 * <p><b>Failure.</b> The body's error is the result. If the exit fails too, its error is added to
 * the body's as a suppressed exception; if only the exit fails, its error is the result. An exit
 * can suppress or replace the body's error by its {@link Verdict}. What a {@link
 * java.util.concurrent.CompletionException} or {@link java.util.concurrent.ExecutionException}
 * wraps is seen without the wrapping.
 *
 * <p><b>Use.</b> A manager is immutable, reusable and thread-safe, unless the one who wrote it says
 * otherwise: each use enters a fresh context. A null argument is refused with a {@link
 * NullPointerException}.
 *
 * @param <T> the type of the value that a context hands out
 */
@FunctionalInterface
public interface AsyncContextManager<T extends @Nullable Object> {

  /**
   * Begins to acquire, and returns before that is done if it has to wait for something.
   *
   * <p>Who implements this releases what it has acquired so far if it fails. Who calls it owns the
   * context that the stage completes with, even if it has lost interest by then.
   *
   * @return a stage that completes with a fresh context, or fails if nothing was acquired
   */
  CompletionStage<? extends AsyncContext<? extends T>> enterAsync();

  /**
   * Runs the body inside a fresh context, all on the calling thread, and returns when the exit is
   * done.
   *
   * <p>An interruption of the calling thread ends the wait for the enter; what arrives for it later
   * is released all the same. The body sees it as code always does. The exit doesn't: the flag is
   * set again once it is done.
   *
   * @param body what to run with the context's value
   * @param <R> the type of the result
   * @param <X> the checked exception that the body may throw
   * @return what the body returned; null if it failed and the exit suppressed that
   * @throws X if the body fails; the errors of enter and exit are thrown as they are as well,
   *     checked ones included
   * @throws InterruptedException if the thread is interrupted while it waits for the enter, or the
   *     body ends so
   */
  default <R extends @Nullable Object, X extends Exception> R use(
      Body<? super T, ? extends R, X> body) throws X, InterruptedException {
    return Direct.use(this, Objects.requireNonNull(body, "body"), Grace.DEFAULT);
  }

  /**
   * Runs the body inside a fresh context without blocking.
   *
   * <p>Each step continues on the thread that completed the one before, the first on the calling
   * thread.
   *
   * <p>To cancel the returned future, or to complete it in any other way, {@code orTimeout}
   * included, is to ask the use to end: the body's wait is over, the exit runs, and then the future
   * completes as asked. {@code obtrudeValue} and {@code obtrudeException} are refused.
   *
   * @param body what to run with the context's value
   * @param <R> the type of the result
   * @return a future that completes when the exit is done: with what the body's stage completed
   *     with, null if it failed and the exit suppressed that, or else with the error
   */
  default <R extends @Nullable Object> CompletableFuture<R> useAsync(
      AsyncBody<? super T, ? extends R> body) {
    Objects.requireNonNull(body, "body");
    return useAsync((value, _) -> body.apply(value));
  }

  /**
   * Runs the body inside a fresh context without blocking, like {@link #useAsync(AsyncBody)}, and
   * tells it when it is asked to end.
   *
   * @param body what to run with the context's value and the cancellation
   * @param <R> the type of the result
   * @return a future as from {@link #useAsync(AsyncBody)}
   */
  default <R extends @Nullable Object> CompletableFuture<R> useAsync(
      AsyncBody.Cancellable<? super T, ? extends R> body) {
    return Use.start(this, Objects.requireNonNull(body, "body"), Grace.DEFAULT);
  }

  /**
   * {@return a manager made of two functions}
   *
   * @param enter begins to acquire a value
   * @param exit begins to release that value, told how the body ended
   * @param <T> the type of the value
   */
  static <T extends @Nullable Object> AsyncContextManager<T> of(
      Supplier<? extends CompletionStage<? extends T>> enter,
      BiFunction<? super T, ? super ExitCase, ? extends CompletionStage<Verdict>> exit) {
    Objects.requireNonNull(enter, "enter");
    Objects.requireNonNull(exit, "exit");
    return () -> enter.get().thenApply(value -> new FunctionContext<>(value, exit));
  }

  /**
   * {@return a manager of something that is closed the same way however the body ended}
   *
   * @param open begins to open it
   * @param close begins to close it, for example {@code Connection::closeAsync}
   * @param <T> the type of what is opened
   */
  static <T extends @Nullable Object> AsyncContextManager<T> closing(
      Supplier<? extends CompletionStage<? extends T>> open,
      Function<? super T, ? extends CompletionStage<?>> close) {
    Objects.requireNonNull(close, "close");
    return of(open, (value, _) -> close.apply(value).thenApply(_ -> Verdict.PROPAGATE));
  }

  /**
   * {@return a manager written as one method with one yield}
   *
   * <p>In direct style the generator runs on the calling thread, and calls the body from its yield.
   * In stage style, and when entered on a stack, it runs on a virtual thread of its own.
   *
   * @param generator enters, yields the value once, and exits; may block
   * @param <T> the type of the value
   */
  static <T extends @Nullable Object> AsyncContextManager<T> generator(Generator<T> generator) {
    return new GeneratorManager<>(Objects.requireNonNull(generator, "generator"));
  }
}
