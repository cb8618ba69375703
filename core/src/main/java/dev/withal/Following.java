package dev.withal;

import java.lang.ref.WeakReference;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A future that ends after something of ours, and that its holder may complete before that: what a
 * stack returns, and what is derived from a future of ours.
 *
 * <p>Design: a plain future, but for what it knows. It tells what it waits for until its holder
 * gives it a bound of its own. It may be kept for its result, so it doesn't keep what it waits for:
 * that keeps it instead, as does each part of a ring the one that waits for it.
 */
final class Following<R extends @Nullable Object> extends OwnFuture<R> {
  private volatile @Nullable WeakReference<Waits> source;

  /**
   * Creates one.
   *
   * @param source what it ends after; null if that is known to wait for nothing of ours
   */
  Following(@Nullable Waits source) {
    this.source = source == null ? null : new WeakReference<>(source);
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
    return error == null ? complete(value) : completeExceptionally(error);
  }

  @Override
  public @Nullable Waits waitsFor() {
    WeakReference<Waits> before = isDone() ? null : source;
    return before == null ? null : before.get();
  }

  /** Tells nothing from here on, as it may end before what it waits for. */
  void endsByItself() {
    source = null;
  }

  @Override
  public CompletableFuture<R> orTimeout(long timeout, TimeUnit unit) {
    endsByItself();
    return super.orTimeout(timeout, unit);
  }

  @Override
  public CompletableFuture<R> completeOnTimeout(@Nullable R value, long timeout, TimeUnit unit) {
    endsByItself();
    return super.completeOnTimeout(value, timeout, unit);
  }
}
