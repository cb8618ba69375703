package dev.withal;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A manager of both kinds, with one implementation: blocking code uses it as a {@link
 * ContextManager}, code that chains stages as an {@link AsyncContextManager}. A null argument is
 * refused with a {@link NullPointerException}.
 *
 * @param <T> the type of the value that a context hands out
 */
public interface DualContextManager<T extends @Nullable Object>
    extends ContextManager<T>, AsyncContextManager<T> {

  /**
   * Runs a body without a result in direct style, as {@link ContextManager#run} does.
   *
   * @throws IllegalStateException if the calling thread runs an event loop
   */
  @Override
  default <X extends Exception> void run(Body.Action<? super T, X> body)
      throws X, InterruptedException {
    this.<@Nullable Void, X>use(Objects.requireNonNull(body, "body").withNull());
  }

  /**
   * Runs a body in direct style, as {@link ContextManager#use} does.
   *
   * @throws IllegalStateException if the calling thread runs an event loop
   */
  @Override
  @CanIgnoreReturnValue
  default <R extends @Nullable Object, X extends Exception> R use(
      Body<? super T, ? extends R, X> body) throws X, InterruptedException {
    EventLoops.refuse("use", "useAsync");
    return ContextManager.super.use(body);
  }
}
