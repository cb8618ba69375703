package dev.withal.jdbc;

import dev.withal.AsyncBody;
import dev.withal.AsyncContext;
import dev.withal.AsyncContextManager;
import dev.withal.Body;
import dev.withal.Context;
import dev.withal.DualContextManager;
import dev.withal.database.internal.Places;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A manager of both kinds whose synchronous side waits for the asynchronous one.
 *
 * <p>Design: a use in direct style passes its thread to the enter. That thread can't give anything
 * back while it waits, which is how {@link Places} detects that nobody can.
 */
final class Dual<T> implements DualContextManager<T> {

  /** Makes the asynchronous manager. */
  interface Recipe<T> {
    /**
     * {@return the manager}
     *
     * @param name the name of the context, for messages
     * @param blocked the thread that waits for the enter and then holds the context; null if no
     *     thread is known to
     */
    AsyncContextManager<T> manager(String name, @Nullable Thread blocked);
  }

  private final String name;
  private final Recipe<T> recipe;

  Dual(String name, Recipe<T> recipe) {
    this.name = name;
    this.recipe = recipe;
  }

  private AsyncContextManager<T> source(@Nullable Thread blocked) {
    return recipe.manager(name, blocked).named(name);
  }

  @Override
  public Context<? extends T> enter() throws Exception {
    return source(Thread.currentThread()).blocking().enter();
  }

  @Override
  public <R extends @Nullable Object, X extends Exception> R use(
      Body<? super T, ? extends R, X> body) throws X, InterruptedException {
    return source(Thread.currentThread()).<R, X>use(body);
  }

  @Override
  public CompletionStage<? extends AsyncContext<? extends T>> enterAsync() {
    return source(null).enterAsync();
  }

  @Override
  public <R extends @Nullable Object> CompletableFuture<R> useAsync(
      AsyncBody<? super T, ? extends R> body) {
    return source(null).useAsync(body);
  }

  @Override
  public <R extends @Nullable Object> CompletableFuture<R> useAsync(
      AsyncBody.Cancellable<? super T, ? extends R> body) {
    return source(null).useAsync(body);
  }

  /** The name is also that of the holder. */
  @Override
  public DualContextManager<T> named(String other) {
    return new Dual<>(Objects.requireNonNull(other, "name"), recipe);
  }

  @Override
  public String toString() {
    return name;
  }
}
