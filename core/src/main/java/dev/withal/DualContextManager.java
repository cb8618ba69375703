package dev.withal;

import org.jspecify.annotations.Nullable;

/**
 * A manager of both kinds that shares one implementation: code that blocks uses it as a {@link
 * ContextManager}, code that chains stages as an {@link AsyncContextManager}.
 *
 * @param <T> the type of the value that a context hands out
 */
public interface DualContextManager<T extends @Nullable Object>
    extends ContextManager<T>, AsyncContextManager<T> {

  @Override
  default <R extends @Nullable Object, X extends Exception> R use(
      Body<? super T, ? extends R, X> body) throws X, InterruptedException {
    EventLoops.refuse("use", "useAsync");
    return ContextManager.super.use(body);
  }
}
