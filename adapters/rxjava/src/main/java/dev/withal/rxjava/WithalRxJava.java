package dev.withal.rxjava;

import dev.withal.AsyncContextManager;
import dev.withal.ExitCase;
import io.reactivex.rxjava3.core.CompletableSource;
import io.reactivex.rxjava3.core.Flowable;
import io.reactivex.rxjava3.core.Maybe;
import io.reactivex.rxjava3.core.MaybeSource;
import io.reactivex.rxjava3.core.Single;
import io.reactivex.rxjava3.core.SingleSource;
import io.reactivex.rxjava3.plugins.RxJavaPlugins;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;

/**
 * Uses of a context as {@link Single}, {@link Maybe} and {@link Flowable}, and managers of what a
 * {@code Single} acquires.
 *
 * <p>Each subscription is one use: enter, body, exit.
 *
 * <p><b>Disposal.</b> Disposing asks the use to end, as cancelling the future of {@link
 * AsyncContextManager#useAsync(dev.withal.AsyncBody) useAsync} does. An enter is never disposed of:
 * a context that arrives later is exited. The body's source is disposed of, uses inside it end, and
 * then the exit runs. In RxJava, nobody is told when a disposed source has ended. Therefore,
 * operators that dispose and go on, such as {@code timeout} and {@code take}, signal before the
 * exit of a use above them is done. To bound a use and hear of it after the exit, bound the manager
 * instead: {@code Async.timeout(limit).flatMap(t -> manager)}.
 *
 * <p>RxJava has no context that goes along with a subscription. A use inside a body is known to the
 * one around it if it is subscribed to while the body is, or if it is disposed of together with
 * that; then the outer exit waits for the inner one. It isn't known, and may exit later, if it is
 * subscribed to later and an operator inside the body disposes of it, or if {@code unsubscribeOn}
 * disposes of it on another thread.
 *
 * <p><b>Failure.</b> Errors of enter, body and exit arrive as they do from {@code useAsync}. An
 * error whose subscriber has disposed is told to {@link dev.withal.Report} and to {@code
 * RxJavaPlugins.onError}.
 *
 * <p>A null argument is refused with a {@link NullPointerException}.
 *
 * {@snippet class="dev.withal.rxjava.RxJavaGuideTest" region="single"}
 */
public final class WithalRxJava {
  private WithalRxJava() {}

  /**
   * {@return a {@code Single} that runs the body inside a fresh context for each subscription} It
   * emits the body's value after the exit. If the exit suppresses the body's error, it fails with a
   * {@link java.util.NoSuchElementException}.
   *
   * @param manager the manager to enter
   * @param body makes the source to subscribe to with the context's value, which is valid until
   *     that ends; must not block; if it throws or returns null, the body has failed
   * @param <T> the type of the context's value
   * @param <R> the type of the result
   */
  public static <T extends @Nullable Object, R> Single<R> single(
      AsyncContextManager<T> manager,
      Function<? super T, ? extends SingleSource<? extends R>> body) {
    Objects.requireNonNull(body, "body");
    return WithalRxJava.<T, R>maybe(
            manager,
            held ->
                Maybe.fromSingle(
                    Objects.requireNonNull(
                        body.apply(held),
                        "the body returned null instead of a Single: return one that ends as the"
                            + " body does")))
        .toSingle();
  }

  /**
   * {@return a {@code Maybe} that runs the body inside a fresh context for each subscription} It
   * emits the body's value, or completes, after the exit. It completes as well if the exit
   * suppresses the body's error.
   *
   * @param manager the manager to enter
   * @param body makes the source to subscribe to with the context's value, which is valid until
   *     that ends; must not block; if it throws or returns null, the body has failed
   * @param <T> the type of the context's value
   * @param <R> the type of the result
   */
  public static <T extends @Nullable Object, R> Maybe<R> maybe(
      AsyncContextManager<T> manager,
      Function<? super T, ? extends MaybeSource<? extends R>> body) {
    return RxJavaPlugins.onAssembly(
        new UseMaybe<T, R>(
            Objects.requireNonNull(manager, "manager"), Objects.requireNonNull(body, "body")));
  }

  /**
   * {@return a {@code Flowable} that runs the body inside a fresh context for each subscription} It
   * emits the body's elements while the context is open, as many as are requested, and terminates
   * after the exit.
   *
   * @param manager the manager to enter
   * @param body makes the publisher to subscribe to with the context's value, which is valid until
   *     that terminates; must not block; if it throws or returns null, the body has failed
   * @param <T> the type of the context's value
   * @param <R> the type of the elements
   */
  public static <T extends @Nullable Object, R> Flowable<R> flowable(
      AsyncContextManager<T> manager, Function<? super T, ? extends Publisher<? extends R>> body) {
    return RxJavaPlugins.onAssembly(
        new UseFlowable<T, R>(
            Objects.requireNonNull(manager, "manager"), Objects.requireNonNull(body, "body")));
  }

  /**
   * {@return a manager of what a {@code Single} acquires, closed in the same way however the body
   * ended} Each enter subscribes to {@code acquire}, and never disposes of it: what arrives for a
   * caller who has given up is released. The exit is done when the {@code Completable} of {@code
   * release} has ended.
   *
   * @param acquire acquires a value for each subscription; must not block its subscriber
   * @param release makes the {@code Completable} that releases a value, for example {@code
   *     Connection::close}; must not block
   * @param <T> the type of what is acquired
   */
  public static <T> AsyncContextManager<T> closing(
      SingleSource<? extends T> acquire, Function<? super T, ? extends CompletableSource> release) {
    Objects.requireNonNull(release, "release");
    return of(acquire, (value, how) -> release.apply(value));
  }

  /**
   * {@return a manager of what a {@code Single} acquires, whose release is told how the body ended}
   * Otherwise it is like {@link #closing}.
   *
   * @param acquire acquires a value for each subscription; must not block its subscriber
   * @param release makes the {@code Completable} that releases a value, told how the body ended;
   *     must not block
   * @param <T> the type of what is acquired
   */
  public static <T> AsyncContextManager<T> of(
      SingleSource<? extends T> acquire,
      BiFunction<? super T, ? super ExitCase, ? extends CompletableSource> release) {
    return new AcquiredManager<>(
        Objects.requireNonNull(acquire, "acquire"), Objects.requireNonNull(release, "release"));
  }
}
