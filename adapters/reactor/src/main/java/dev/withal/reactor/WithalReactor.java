package dev.withal.reactor;

import dev.withal.AsyncContextManager;
import dev.withal.ExitCase;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Uses of a context as {@link Mono} and {@link Flux}, and managers of what a {@code Mono} acquires.
 *
 * <p>Each subscription is one use: enter, body, exit. It differs from {@link Mono#usingWhen
 * usingWhen} where a subscriber cancels:
 *
 * <ul>
 *   <li>An enter is never cancelled. A context that arrives after its subscriber has cancelled is
 *       exited.
 *   <li>Uses inside a body exit before the use around them does, whatever operators are in between.
 *       They find it in the {@code Context} of their subscription.
 *   <li>Nesting them takes a bounded amount of stack, at any depth.
 * </ul>
 *
 * <p><b>Cancellation.</b> Cancelling asks the use to end, as cancelling the future of {@link
 * AsyncContextManager#useAsync(dev.withal.AsyncBody) useAsync} does: the body's publisher is
 * cancelled, uses inside it end, and the exit runs. In Reactor, nobody is told when a cancelled
 * publisher has ended. Therefore:
 *
 * <ul>
 *   <li>Work that a publisher goes on with after it was cancelled, such as a call that blocks on
 *       another thread, may run beside the exit.
 *   <li>Operators that cancel and go on, such as {@code timeout}, {@code take} and {@code
 *       firstWithSignal}, signal before the exit of a use above them is done. A use around them
 *       waits for it. To bound a use and hear of it after the exit, bound the manager instead:
 *       {@code Async.timeout(limit).flatMap(t -> manager)}.
 * </ul>
 *
 * <p><b>Failure.</b> Errors of enter, body and exit arrive as they do from {@code useAsync}. An
 * error whose subscriber has cancelled is told to {@link dev.withal.Report} and to Reactor's {@code
 * onErrorDropped}; a value, to {@code onDiscard}.
 *
 * <p><b>Context.</b> The body's publisher sees the {@code Context} of the subscriber. Enter and
 * exit see none; a manager that depends on it is made inside of {@link Mono#deferContextual
 * Mono.deferContextual}.
 *
 * <p>A null argument is refused with a {@link NullPointerException}.
 *
 * {@snippet class="dev.withal.reactor.ReactorGuideTest" region="mono"}
 */
public final class WithalReactor {
  private WithalReactor() {}

  /**
   * {@return a {@code Mono} that runs the body inside a fresh context for each subscription} It
   * emits the body's value, or completes empty, after the exit. It completes empty as well if the
   * exit suppresses the body's error.
   *
   * <p>The use begins when it is subscribed to. The value waits for demand; the exit doesn't. If
   * the exit fails, the value is released as {@link AsyncContextManager#releasingDropped
   * releasingDropped} says.
   *
   * @param manager the manager to enter
   * @param body makes the publisher to subscribe to with the context's value, which is valid until
   *     that terminates; must not block; if it throws or returns null, the body has failed
   * @param <T> the type of the context's value
   * @param <R> the type of the result
   */
  public static <T extends @Nullable Object, R> Mono<R> mono(
      AsyncContextManager<T> manager, Function<? super T, ? extends Mono<? extends R>> body) {
    return UseMono.of(
        Objects.requireNonNull(manager, "manager"), Objects.requireNonNull(body, "body"));
  }

  /**
   * {@return a {@code Flux} that runs the body inside a fresh context for each subscription} It
   * emits the body's elements while the context is open, as many as are requested, and terminates
   * after the exit.
   *
   * <p>The use begins when it is subscribed to. Elements that arrive after a cancellation are told
   * to Reactor's {@code onNextDropped}.
   *
   * @param manager the manager to enter
   * @param body makes the publisher to subscribe to with the context's value, which is valid until
   *     that terminates; must not block; if it throws or returns null, the body has failed
   * @param <T> the type of the context's value
   * @param <R> the type of the elements
   */
  public static <T extends @Nullable Object, R> Flux<R> flux(
      AsyncContextManager<T> manager, Function<? super T, ? extends Publisher<? extends R>> body) {
    return UseFlux.of(
        Objects.requireNonNull(manager, "manager"), Objects.requireNonNull(body, "body"));
  }

  /**
   * {@return a manager of what a {@code Mono} acquires, closed in the same way however the body
   * ended} It is {@link AsyncContextManager#closing} for Reactor.
   *
   * <p>Each enter subscribes to {@code acquire}, and never cancels it: what arrives for a caller
   * who has given up is released. If {@code acquire} completes empty, the enter fails with a {@link
   * java.util.NoSuchElementException}. The exit is done when the publisher of {@code release} has
   * terminated; what that emits is ignored. Both see an empty {@code Context}.
   *
   * @param acquire acquires a value for each subscription; must not block its subscriber
   * @param release makes the publisher that releases a value, for example {@code
   *     Connection::close}; must not block
   * @param <T> the type of what is acquired
   */
  public static <T> AsyncContextManager<T> closing(
      Mono<? extends T> acquire, Function<? super T, ? extends Publisher<?>> release) {
    Objects.requireNonNull(release, "release");
    return of(acquire, (value, how) -> release.apply(value));
  }

  /**
   * {@return a manager of what a {@code Mono} acquires, whose release is told how the body ended}
   * Otherwise it is like {@link #closing}.
   *
   * {@snippet class="dev.withal.reactor.ReactorGuideTest" region="of"}
   *
   * @param acquire acquires a value for each subscription; must not block its subscriber
   * @param release makes the publisher that releases a value, told how the body ended; must not
   *     block
   * @param <T> the type of what is acquired
   */
  public static <T> AsyncContextManager<T> of(
      Mono<? extends T> acquire,
      BiFunction<? super T, ? super ExitCase, ? extends Publisher<?>> release) {
    return new AcquiredManager<>(
        Objects.requireNonNull(acquire, "acquire"), Objects.requireNonNull(release, "release"));
  }
}
