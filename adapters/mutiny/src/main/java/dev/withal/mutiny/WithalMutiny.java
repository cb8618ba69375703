package dev.withal.mutiny;

import dev.withal.AsyncContextManager;
import dev.withal.ExitCase;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import java.util.Objects;
import java.util.concurrent.Flow;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Uses of a context as {@link Uni} and {@link Multi}, and managers of what a {@code Uni} acquires.
 *
 * <p>Each subscription is one use: enter, body, exit.
 *
 * <p><b>Cancellation.</b> Cancelling asks the use to end, as cancelling the future of {@link
 * AsyncContextManager#useAsync(dev.withal.AsyncBody) useAsync} does. An enter is never cancelled: a
 * context that arrives later is exited. The body's publisher is cancelled, uses inside it end, and
 * then the exit runs; they find the use around them in the {@code Context} of their subscription.
 * In Mutiny, nobody is told when a cancelled publisher has ended. Therefore, operators that cancel
 * and go on, such as {@code ifNoItem().after(…)} and {@code select().first()}, signal before the
 * exit of a use above them is done; a use around them waits for it. To bound a use and hear of it
 * after the exit, bound the manager instead: {@code Async.timeout(limit).flatMap(t -> manager)}.
 *
 * <p><b>Failure.</b> Errors of enter, body and exit arrive as they do from {@code useAsync}. An
 * error whose subscriber has cancelled is told to {@link dev.withal.Report} and to Mutiny's handler
 * of dropped exceptions.
 *
 * <p><b>Context.</b> The body sees a copy of the subscriber's {@code Context}. Enter and exit see
 * none.
 *
 * <p>A null argument is refused with a {@link NullPointerException}.
 *
 * {@snippet class="dev.withal.mutiny.MutinyGuideTest" region="uni"}
 */
public final class WithalMutiny {
  private WithalMutiny() {}

  /**
   * {@return a {@code Uni} that runs the body inside a fresh context for each subscription} It
   * emits the body's item after the exit, or null if the exit suppresses the body's error.
   *
   * @param manager the manager to enter
   * @param body makes the {@code Uni} to subscribe to with the context's value, which is valid
   *     until that emits; must not block; if it throws or returns null, the body has failed
   * @param <T> the type of the context's value
   * @param <R> the type of the item
   */
  public static <T extends @Nullable Object, R> Uni<R> uni(
      AsyncContextManager<T> manager, Function<? super T, ? extends Uni<? extends R>> body) {
    return Infrastructure.onUniCreation(
        new UseUni<T, R>(
            Objects.requireNonNull(manager, "manager"), Objects.requireNonNull(body, "body")));
  }

  /**
   * {@return a {@code Multi} that runs the body inside a fresh context for each subscription} It
   * emits the body's items while the context is open, as many as are requested, and terminates
   * after the exit.
   *
   * @param manager the manager to enter
   * @param body makes the publisher to subscribe to with the context's value, which is valid until
   *     that terminates; must not block; if it throws or returns null, the body has failed
   * @param <T> the type of the context's value
   * @param <R> the type of the items
   */
  public static <T extends @Nullable Object, R> Multi<R> multi(
      AsyncContextManager<T> manager,
      Function<? super T, ? extends Flow.Publisher<? extends R>> body) {
    return Infrastructure.onMultiCreation(
        new UseMulti<T, R>(
            Objects.requireNonNull(manager, "manager"), Objects.requireNonNull(body, "body")));
  }

  /**
   * {@return a manager of what a {@code Uni} acquires, closed in the same way however the body
   * ended} Each enter subscribes to {@code acquire}, and never cancels it: what arrives for a
   * caller who has given up is released. If {@code acquire} emits null, the enter fails with a
   * {@link java.util.NoSuchElementException}. The exit is done when the {@code Uni} of {@code
   * release} has emitted.
   *
   * @param acquire acquires a value for each subscription; must not block its subscriber
   * @param release makes the {@code Uni} that releases a value, for example {@code
   *     Connection::close}; must not block
   * @param <T> the type of what is acquired
   */
  public static <T> AsyncContextManager<T> closing(
      Uni<? extends T> acquire, Function<? super T, ? extends Uni<?>> release) {
    Objects.requireNonNull(release, "release");
    return of(acquire, (value, how) -> release.apply(value));
  }

  /**
   * {@return a manager of what a {@code Uni} acquires, whose release is told how the body ended}
   * Otherwise it is like {@link #closing}.
   *
   * @param acquire acquires a value for each subscription; must not block its subscriber
   * @param release makes the {@code Uni} that releases a value, told how the body ended; must not
   *     block
   * @param <T> the type of what is acquired
   */
  public static <T> AsyncContextManager<T> of(
      Uni<? extends T> acquire, BiFunction<? super T, ? super ExitCase, ? extends Uni<?>> release) {
    return new AcquiredManager<>(
        Objects.requireNonNull(acquire, "acquire"), Objects.requireNonNull(release, "release"));
  }
}
