package dev.withal;

import dev.withal.internal.Trampoline;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A future that ends after something of ours, and that its holder may complete before that.
 *
 * <p>Design: a plain future in all but two things. It tells what it waits for, so that a use that
 * waits for its own end by way of a stack is found by {@link Ring}. And a thread that blocks for it
 * first runs what it has put aside, which may be what completes this (L10).
 */
final class Following<R extends @Nullable Object> extends CompletableFuture<R> implements Waits {
  /** Null once it has ended, as the holder may keep this for its result. */
  private volatile @Nullable Waits source;

  /**
   * Creates one.
   *
   * @param source what it ends after; null if that is known to wait for nothing of ours
   */
  Following(@Nullable Waits source) {
    this.source = source;
  }

  /** {@return a stage that ends as the other one does, and tells what that waits for} */
  static <R extends @Nullable Object> CompletionStage<R> of(
      Waits source, CompletableFuture<R> stage) {
    if (stage.isDone()) {
      return stage;
    }
    var following = new Following<R>(source);
    stage.handle((value, error) -> following.end(value, error));
    return following;
  }

  /** Ends as the source did. {@return whether the holder had not completed this before} */
  boolean end(@Nullable R value, @Nullable Throwable error) {
    source = null;
    return error == null ? complete(value) : completeExceptionally(error);
  }

  @Override
  public @Nullable Waits waitsFor() {
    return isDone() ? null : source;
  }

  @Override
  public R get() throws InterruptedException, ExecutionException {
    ThreadWork.@Nullable Wait wait = ThreadWork.catchUpAndWait(this);
    try {
      return super.get();
    } finally {
      ThreadWork.end(wait);
    }
  }

  @Override
  public R get(long timeout, TimeUnit unit)
      throws InterruptedException, ExecutionException, TimeoutException {
    if (!isDone()) {
      Trampoline.catchUp();
    }
    return super.get(timeout, unit);
  }

  @Override
  public R join() {
    ThreadWork.@Nullable Wait wait = ThreadWork.catchUpAndWait(this);
    try {
      return super.join();
    } finally {
      ThreadWork.end(wait);
    }
  }
}
