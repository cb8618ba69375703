package dev.withal;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A recipe for acquiring something asynchronously and for releasing it asynchronously, whatever
 * happens in between.
 *
 * <p>It is the counterpart of an object with {@code __aenter__} and {@code __aexit__} in PEP 492,
 * and serves two styles of code:
 *
 * <ul>
 *   <li>direct style, {@link #use use}: enter, body and exit run on the calling thread, which
 *       blocks until they are done; made for virtual threads;
 *   <li>stage style, {@link #useAsync(AsyncBody) useAsync}: nothing blocks, and the returned future
 *       completes after the exit has.
 * </ul>
 *
 * <p>In both, if the enter succeeded, the exit runs exactly once, whether the body returned a
 * value, failed, or was cancelled. If the enter failed, neither body nor exit runs. The result is
 * available only after the exit.
 *
 * <p><b>Failure.</b> The body's error is the result. If the exit fails too, its error is added to
 * the body's as a suppressed exception; if only the exit fails, its error is the result. An exit
 * can suppress or replace the body's error by its {@link Verdict}. A {@link
 * java.util.concurrent.CompletionException} or {@link java.util.concurrent.ExecutionException} is
 * unwrapped first.
 *
 * <p><b>Use.</b> A manager is immutable, reusable and thread-safe, unless its author says
 * otherwise: each use enters a fresh context. A null argument is refused with a {@link
 * NullPointerException}.
 *
 * {@snippet class="dev.withal.guide.ReadmeTest" region="example"}
 *
 * @param <T> the type of the value that a context hands out
 */
@FunctionalInterface
@CheckReturnValue
public interface AsyncContextManager<T extends @Nullable Object> {

  /**
   * Begins to acquire, and returns without waiting for it to be done.
   *
   * <p>It is called on the thread of its caller, or on the executor of {@link #on on}, and must not
   * block. Throwing, returning null, and completing with null count as a failed enter. An
   * implementation that fails must release whatever it has acquired so far. The caller owns the
   * context that the stage completes with, even if the caller no longer needs it by then.
   *
   * @return a stage that completes with a fresh context, or fails if nothing was acquired
   */
  CompletionStage<? extends AsyncContext<? extends T>> enterAsync();

  /**
   * Runs the body inside a fresh context, all on the calling thread, and returns when the exit is
   * done.
   *
   * <p>An interruption of the calling thread ends the wait for the enter; a context that arrives
   * later is exited all the same. The body sees an interruption as any code does. The exit doesn't:
   * the interrupt flag is cleared before it, and set again when it is done.
   *
   * @param body the code to run with the context's value
   * @param <R> the type of the result
   * @param <X> the checked exception that the body may throw
   * @return what the body returned; null if it failed and the exit suppressed that, or if an exit
   *     failed and an outer one suppressed that
   * @throws X if the body fails; errors of enter and exit are thrown unchanged as well, even
   *     checked ones that are not declared
   * @throws InterruptedException if the thread is interrupted while it waits for the enter, or if
   *     the body throws it
   * @throws IllegalStateException if the calling thread runs an event loop
   */
  @CanIgnoreReturnValue
  default <R extends @Nullable Object, X extends Exception> R use(
      Body<? super T, ? extends R, X> body) throws X, InterruptedException {
    return Direct.use(this, Objects.requireNonNull(body, "body"), Settings.DEFAULT);
  }

  /**
   * Runs a body without a result inside a fresh context, as {@link #use use} does.
   *
   * @param body the code to run with the context's value
   * @param <X> the checked exception that the body may throw
   * @throws X if the body fails; errors of enter and exit are thrown unchanged as well, even
   *     checked ones that are not declared
   * @throws InterruptedException if the thread is interrupted while it waits for the enter, or if
   *     the body throws it
   * @throws IllegalStateException if the calling thread runs an event loop
   */
  default <X extends Exception> void run(Body.Action<? super T, X> body)
      throws X, InterruptedException {
    this.<@Nullable Void, X>use(Objects.requireNonNull(body, "body").withNull());
  }

  /**
   * Runs the body inside a fresh context without blocking.
   *
   * <p>The first step runs on the calling thread, and each later one on the thread that completed
   * the step before.
   *
   * <p>Cancelling the returned future, or completing it in any other way, {@code orTimeout}
   * included, asks the use to end: the body is told and awaited, the exit runs, and then the future
   * completes as asked. {@code obtrudeValue} and {@code obtrudeException} throw an {@link
   * UnsupportedOperationException}.
   *
   * @param body the code to run with the context's value
   * @param <R> the type of the result
   * @return a future that completes when the exit is done: with the result of the body, with null
   *     if the body failed and the exit suppressed that, or if an exit failed and an outer one
   *     suppressed that; or else with the error
   */
  default <R extends @Nullable Object> CompletableFuture<R> useAsync(
      AsyncBody<? super T, ? extends R> body) {
    Objects.requireNonNull(body, "body");
    return useAsync(new AtOnce.Deaf<T, R>(body));
  }

  /**
   * Runs the body inside a fresh context without blocking, like {@link #useAsync(AsyncBody)}, and
   * tells it when it is asked to end.
   *
   * @param body the code to run with the context's value and the cancellation
   * @param <R> the type of the result
   * @return a future as from {@link #useAsync(AsyncBody)}
   */
  default <R extends @Nullable Object> CompletableFuture<R> useAsync(
      AsyncBody.Cancellable<? super T, ? extends R> body) {
    return AtOnce.start(this, Objects.requireNonNull(body, "body"), Settings.DEFAULT);
  }

  /**
   * {@return a function that runs {@code function} inside a fresh context each time it is called,
   * in direct style} It may call itself. The counterpart of contextlib's {@code
   * AsyncContextDecorator}.
   *
   * @param function the function to run; it doesn't see the context's value
   * @param <A> the type of the argument
   * @param <R> the type of the result
   * @param <X> the checked exception that the function may throw
   */
  default <A extends @Nullable Object, R extends @Nullable Object, X extends Exception>
      Body<A, R, X> wrap(Body<? super A, ? extends R, X> function) {
    Objects.requireNonNull(function, "function");
    return argument -> this.<R, X>use(ignored -> function.apply(argument));
  }

  /**
   * {@return a function that runs {@code function} inside a fresh context each time it is called,
   * in stage style} It may call itself.
   *
   * @param function the function to run; it doesn't see the context's value
   * @param <A> the type of the argument
   * @param <R> the type of the result
   */
  default <A extends @Nullable Object, R extends @Nullable Object>
      Function<A, CompletableFuture<R>> wrapAsync(AsyncBody<? super A, ? extends R> function) {
    Objects.requireNonNull(function, "function");
    return argument -> this.<R>useAsync(ignored -> function.apply(argument));
  }

  // ---- other managers from this one ------------------------------------------------------------

  /**
   * {@return a manager whose value is the result of a function} If the function fails, this counts
   * as a failure of the body.
   *
   * @param function makes the other value; must not block
   * @param <U> the type of the other value
   */
  default <U extends @Nullable Object> AsyncContextManager<U> map(
      Function<? super T, ? extends U> function) {
    return Chain.add(this, Objects.requireNonNull(function, "function"), false);
  }

  /**
   * {@return a manager that enters this one, then the one that the function makes from the value,
   * and exits them in reverse order} A chain of any length needs a bounded amount of stack. For
   * that, in direct style, managers beyond the hundredth are entered as on an {@link
   * AsyncExitStack}. If the function fails or returns null, or the inner enter fails, this manager
   * is exited and told of that failure, which its exit can suppress.
   *
   * @param function makes the inner manager; must not block
   * @param <U> the type of the inner manager's value
   */
  default <U extends @Nullable Object> AsyncContextManager<U> flatMap(
      Function<? super T, ? extends AsyncContextManager<U>> function) {
    return Chain.add(this, Objects.requireNonNull(function, "function"), true);
  }

  /**
   * {@return this manager with a name, for messages and reports} Without a name, they use its
   * {@code toString}. For a manager made from functions, that is where it was made: {@code closing
   * at Orders.java:42}.
   *
   * @param name the name; must not contain secrets
   */
  default AsyncContextManager<T> named(String name) {
    Objects.requireNonNull(name, "name");
    return Configured.of(this, Configured.settings(this).withName(name));
  }

  /**
   * {@return this manager, with errors of a type suppressed after its exit} It is as if an outer
   * context answered them with {@link Verdict#SUPPRESS}: the caller gets null. This applies to
   * errors of the body and the exit, but not of the enter. The counterpart of contextlib's {@code
   * suppress}; for several types, call this repeatedly.
   *
   * @param type the type of the errors, subtypes included
   */
  default AsyncContextManager<T> suppressing(Class<? extends Throwable> type) {
    Objects.requireNonNull(type, "type");
    return Configured.orOwn(new Suppressing<>(this, type), Configured.settings(this).ofWrapper());
  }

  /**
   * {@return this manager with a bound on how long its enter may take} Past the bound, the use
   * fails with a {@link java.util.concurrent.TimeoutException}, and the caller waits no longer: a
   * context that arrives later is exited in the background. The caller waits for that only if a
   * {@linkplain #grace grace period} was set. A body that has begun is never cancelled by this
   * bound. In direct style, a generator or synchronous manager with such a bound runs on a virtual
   * thread of its own, except for {@link ContextManager#lock lock} and {@link ContextManager#permit
   * permit}. In stage style, waiting for an {@linkplain #on executor} counts, and an enter that
   * hasn't begun by then never begins.
   *
   * @param limit how long; 292 years or more mean no bound
   */
  default AsyncContextManager<T> enterTimeout(Duration limit) {
    Objects.requireNonNull(limit, "limit");
    return Configured.of(this, Configured.settings(this).withEnterTimeout(limit));
  }

  /**
   * {@return this manager with a bound on how long its exit may take} The exit is told the bound as
   * its {@link ExitCase#deadline()}. In direct style, a generator or synchronous manager with such
   * a bound runs on a virtual thread of its own, except for {@link ContextManager#lock lock} and
   * {@link ContextManager#permit permit}. Past the bound, the exit counts as failed with a {@link
   * java.util.concurrent.TimeoutException}, is abandoned, and is {@linkplain Report reported}.
   *
   * @param limit how long
   */
  default AsyncContextManager<T> exitTimeout(Duration limit) {
    Objects.requireNonNull(limit, "limit");
    return Configured.of(
        this, Configured.settings(this).withExitTimeout(new Settings.ExitTimeout(limit, null)));
  }

  /**
   * {@return this manager with a bound on how long its exit may take, and a way to force it} Past
   * the bound, the value is closed by force, which may take as long again. Only after that is the
   * exit abandoned and {@linkplain Report reported}. A forced exit counts as failed with a {@link
   * java.util.concurrent.TimeoutException}.
   *
   * @param limit how long
   * @param forceClose begins to close the value without grace, for example {@code Socket::abort};
   *     called once, on a virtual thread, while the exit may still run; if it throws, returns null,
   *     or its stage fails, that error is added to the {@code TimeoutException}
   */
  default AsyncContextManager<T> exitTimeout(
      Duration limit, Function<? super T, ? extends CompletionStage<?>> forceClose) {
    Objects.requireNonNull(limit, "limit");
    Objects.requireNonNull(forceClose, "forceClose");
    @SuppressWarnings("unchecked") // it is given the values of this manager
    var force = (Function<@Nullable Object, ? extends CompletionStage<?>>) forceClose;
    return Configured.of(
        this, Configured.settings(this).withExitTimeout(new Settings.ExitTimeout(limit, force)));
  }

  /**
   * {@return this manager with another grace period} This is how long a caller who has asked a use
   * to end waits for an enter or a body that doesn't end; 1 s unless set. If set, it is also added
   * to an {@linkplain #enterTimeout enter's bound}, past which a caller otherwise doesn't wait. In
   * direct style it only bounds the wait for an enter, because the body runs on the waiting thread.
   * Parts of a composed manager that have no grace period of their own use this one, except for
   * those with an enter timeout.
   *
   * @param period how long; 292 years or more, such as {@code Duration.ofSeconds(Long.MAX_VALUE)},
   *     mean no bound
   */
  default AsyncContextManager<T> grace(Duration period) {
    Objects.requireNonNull(period, "period");
    return Configured.of(this, Configured.settings(this).withGrace(period));
  }

  /**
   * {@return this manager, with every step of a use in stage style run by an executor} A step that
   * the executor rejects runs on the thread that completed the step before, so that no exit is
   * lost.
   *
   * @param executor runs enters, bodies and exits
   */
  default AsyncContextManager<T> on(Executor executor) {
    Objects.requireNonNull(executor, "executor");
    return Configured.of(this, Configured.settings(this).withExecutor(executor));
  }

  /**
   * {@return this manager with a way to release a body's result that nobody receives} Such a result
   * comes from a body that was asked to end and returns a value after all, or from one whose exit
   * failed. Its release runs before the exit in the first case and after it in the second, and the
   * use ends after it. If the body ended past its grace period, the release runs in the background.
   * It is shielded and bounded by the {@linkplain #exitTimeout exit's timeout}, and its error is
   * added to the error of the use. If several ways fit, the one added last is taken. They apply to
   * the parts of a composed manager as well.
   *
   * <p>This isn't needed for an {@link AsyncExitStack} or another {@link AsyncContext}, which is
   * exited, nor for those in an {@link java.util.Optional}, an array, or a collection or map of the
   * JDK. Any other {@link AutoCloseable} is {@linkplain Report.Kind#DROPPED_VALUE reported}. The
   * value of the use's own context is left to its exit.
   *
   * @param type the type of the results, subtypes included
   * @param release begins to release one
   * @param <V> the type of the results
   */
  default <V> AsyncContextManager<T> releasingDropped(
      Class<V> type, Function<? super V, ? extends CompletionStage<?>> release) {
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(release, "release");
    Settings settings = Configured.settings(this);
    return Configured.of(
        this,
        settings.withDropped(
            new Dropped.Way(type, value -> release.apply(type.cast(value)), settings.dropped())));
  }

  /**
   * {@return this manager for synchronous code, which blocks the calling thread} Its {@code use} is
   * that of this manager. If its {@code enter} is called instead, a generator runs on a virtual
   * thread of its own, and there is no body that could be asked to end when the value is lost.
   */
  default ContextManager<T> blocking() {
    return new Waiting<>(this);
  }

  // ---- managers of other things ----------------------------------------------------------------

  /**
   * {@return a manager of a value that needs no release} The counterpart of contextlib's {@code
   * nullcontext}.
   *
   * @param value the value; may be null
   * @param <T> the type of the value
   */
  static <T extends @Nullable Object> AsyncContextManager<T> ofValue(T value) {
    return new ValueManager<>("value", value);
  }

  /**
   * {@return a manager made from two functions}
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
    return new FunctionManager<>(
        "manager", enter, null, enter, (named, value) -> new FunctionContext<>(named, value, exit));
  }

  /**
   * {@return a manager of something that is closed in the same way however the body ended} If the
   * open stage completes with null, the body runs with null, and the close function is called with
   * null. If it throws a {@link NullPointerException} then, there is nothing to close, as in a
   * try-with-resources statement.
   *
   * @param open begins to open it
   * @param close begins to close it, for example {@code Connection::closeAsync}
   * @param <T> the type of what is opened
   */
  static <T extends @Nullable Object> AsyncContextManager<T> closing(
      Supplier<? extends CompletionStage<? extends T>> open,
      Function<? super T, ? extends CompletionStage<?>> close) {
    Objects.requireNonNull(open, "open");
    Objects.requireNonNull(close, "close");
    return new FunctionManager<>(
        "closing", open, null, open, (named, value) -> new ClosingContext<>(named, value, close));
  }

  /**
   * {@return a manager of something that is opened without waiting, and closed in the same way
   * however the body ended} Otherwise it is like {@link #closing}.
   *
   * @param open opens it; must not block
   * @param close begins to close it, for example {@code Client::closeAsync}
   * @param <T> the type of what is opened
   */
  static <T extends @Nullable Object> AsyncContextManager<T> closingValue(
      Supplier<? extends T> open, Function<? super T, ? extends CompletionStage<?>> close) {
    Objects.requireNonNull(open, "open");
    Objects.requireNonNull(close, "close");
    return new FunctionManager<>(
        "closing",
        open,
        null,
        () -> CompletableFuture.completedStage(open.get()),
        (named, value) -> new ClosingContext<>(named, value, close));
  }

  /**
   * {@return a manager written as one method with one yield}
   *
   * <p>In direct style the generator runs on the calling thread, and calls the body from its yield.
   * In stage style, when entered on a stack or in a group, and with a timeout, it runs on a virtual
   * thread of its own. If it returns without yielding, the enter fails with an {@link
   * IllegalStateException}.
   *
   * @param generator enters, yields the value once, and exits; may block
   * @param <T> the type of the value
   */
  static <T extends @Nullable Object> AsyncContextManager<T> generator(Generator<T> generator) {
    return new GeneratorManager<>(null, Objects.requireNonNull(generator, "generator"));
  }

  /**
   * {@return a manager that enters all the given managers in parallel, and exits them in parallel}
   * If one can't be entered, all the others are exited, including those that arrive later, and the
   * use fails with that error; further errors are added to it. The values are in the order of the
   * managers.
   *
   * @param managers the managers to enter
   * @param <T> the type of the values
   */
  static <T extends @Nullable Object> AsyncContextManager<List<T>> all(
      List<? extends AsyncContextManager<? extends T>> managers) {
    return all(Integer.MAX_VALUE, managers);
  }

  /**
   * {@return a manager that enters two managers in parallel, and exits them in parallel} It is
   * {@link #all(List)} for two values of different types.
   *
   * @param first one manager
   * @param second the other manager
   * @param <A> the type of the first value
   * @param <B> the type of the second value
   */
  @SuppressWarnings("unchecked") // the list has the managers' order
  static <A extends @Nullable Object, B extends @Nullable Object>
      AsyncContextManager<Both<A, B>> both(
          AsyncContextManager<A> first, AsyncContextManager<B> second) {
    return AsyncContextManager.<@Nullable Object>all(List.of(first, second))
        .map(values -> new Both<>((A) values.get(0), (B) values.get(1)));
  }

  /**
   * The values of two managers.
   *
   * @param first the value of the first manager
   * @param second the value of the second manager
   * @param <A> the type of the first value
   * @param <B> the type of the second value
   */
  record Both<A extends @Nullable Object, B extends @Nullable Object>(A first, B second) {}

  /**
   * {@return a manager like that of {@link #all(List)}, with a bounded number of enters or exits at
   * the same time}
   *
   * @param width how many at most
   * @param managers the managers to enter
   * @param <T> the type of the values
   * @throws IllegalArgumentException if {@code width} is less than 1
   */
  static <T extends @Nullable Object> AsyncContextManager<List<T>> all(
      int width, List<? extends AsyncContextManager<? extends T>> managers) {
    if (width < 1) {
      throw new IllegalArgumentException("width must be at least 1, but is " + width);
    }
    return new All<>(width, managers, Settings.DEFAULT);
  }
}
