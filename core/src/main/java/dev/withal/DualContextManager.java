package dev.withal;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A manager of both kinds, with one implementation: blocking code uses it as a {@link
 * ContextManager}, code that chains stages as an {@link AsyncContextManager}.
 *
 * @param <T> the type of the value that a context hands out
 */
public interface DualContextManager<T extends @Nullable Object>
    extends ContextManager<T>, AsyncContextManager<T> {

  @Override
  default <X extends Exception> void run(Body.Action<? super T, X> body)
      throws X, InterruptedException {
    this.<@Nullable Void, X>use(Objects.requireNonNull(body, "body").withNull());
  }

  @Override
  @CanIgnoreReturnValue
  default <R extends @Nullable Object, X extends Exception> R use(
      Body<? super T, ? extends R, X> body) throws X, InterruptedException {
    EventLoops.refuse("use", "useAsync");
    return ContextManager.super.use(body);
  }
}
