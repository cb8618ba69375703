package dev.withal;

import dev.withal.internal.Trampoline;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A future that tells what it waits for, so that {@link Ring} finds the uses that wait for their
 * own end by way of it.
 *
 * <p>Design: a future derived from it is {@link Following}, and so tells that it waits for this
 * one. That is true of all methods that derive one, but for those that end with either of two. A
 * thread that blocks for it first runs what it has put aside, which may be what completes this
 * (L10).
 */
abstract sealed class OwnFuture<R extends @Nullable Object> extends CompletableFuture<R>
    implements Waits permits RequestFuture, Following {

  /** The calling thread reads the result, or makes another stage of it. */
  void passToThread() {}

  @Override
  public <U> CompletableFuture<U> newIncompleteFuture() {
    passToThread();
    return isDone() ? new CompletableFuture<>() : new Following<>(this);
  }

  // ---- a thread that blocks --------------------------------------------------------------------

  @Override
  public R get() throws InterruptedException, ExecutionException {
    ThreadWork.@Nullable Wait wait = ThreadWork.catchUpAndWait(this);
    try {
      return super.get();
    } finally {
      ThreadWork.end(wait);
      passToThread();
    }
  }

  @Override
  public R get(long timeout, TimeUnit unit)
      throws InterruptedException, ExecutionException, TimeoutException {
    if (!isDone()) {
      Trampoline.catchUp();
    }
    try {
      return super.get(timeout, unit);
    } finally {
      passToThread();
    }
  }

  @Override
  public R join() {
    ThreadWork.@Nullable Wait wait = ThreadWork.catchUpAndWait(this);
    try {
      return super.join();
    } finally {
      ThreadWork.end(wait);
      passToThread();
    }
  }

  // ---- derived futures that may end before this one --------------------------------------------

  private static <U> CompletableFuture<U> either(CompletableFuture<U> derived) {
    if (derived instanceof Following<U> following) {
      following.endsByItself();
    }
    return derived;
  }

  @Override
  public <U> CompletableFuture<U> applyToEither(
      CompletionStage<? extends R> other, Function<? super R, U> function) {
    return either(super.applyToEither(other, function));
  }

  @Override
  public <U> CompletableFuture<U> applyToEitherAsync(
      CompletionStage<? extends R> other, Function<? super R, U> function) {
    return either(super.applyToEitherAsync(other, function));
  }

  @Override
  public <U> CompletableFuture<U> applyToEitherAsync(
      CompletionStage<? extends R> other, Function<? super R, U> function, Executor executor) {
    return either(super.applyToEitherAsync(other, function, executor));
  }

  @Override
  public CompletableFuture<Void> acceptEither(
      CompletionStage<? extends R> other, Consumer<? super R> action) {
    return either(super.acceptEither(other, action));
  }

  @Override
  public CompletableFuture<Void> acceptEitherAsync(
      CompletionStage<? extends R> other, Consumer<? super R> action) {
    return either(super.acceptEitherAsync(other, action));
  }

  @Override
  public CompletableFuture<Void> acceptEitherAsync(
      CompletionStage<? extends R> other, Consumer<? super R> action, Executor executor) {
    return either(super.acceptEitherAsync(other, action, executor));
  }

  @Override
  public CompletableFuture<Void> runAfterEither(CompletionStage<?> other, Runnable action) {
    return either(super.runAfterEither(other, action));
  }

  @Override
  public CompletableFuture<Void> runAfterEitherAsync(CompletionStage<?> other, Runnable action) {
    return either(super.runAfterEitherAsync(other, action));
  }

  @Override
  public CompletableFuture<Void> runAfterEitherAsync(
      CompletionStage<?> other, Runnable action, Executor executor) {
    return either(super.runAfterEitherAsync(other, action, executor));
  }
}
