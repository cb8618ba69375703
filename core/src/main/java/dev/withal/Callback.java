package dev.withal;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * What a stage calls back that may outlive the one who waits for it: who is called can be
 * exchanged.
 *
 * <p>Design: a callback can't be taken back from a stage, which may belong to somebody else and
 * live on. So the stage is given a cell, and whoever stops waiting puts in it what is left to do,
 * or nothing; the stage keeps no more than that. The end of the stage empties the cell as well, so
 * of the two exactly one gets hold of what was in there.
 */
final class Callback
    extends AtomicReference<
        @Nullable BiFunction<? super @Nullable Object, ? super @Nullable Throwable, ?>>
    implements BiFunction<@Nullable Object, @Nullable Throwable, @Nullable Void> {
  private static final long serialVersionUID = 1;

  Callback(BiFunction<? super @Nullable Object, ? super @Nullable Throwable, ?> waiting) {
    // It is handed to the stage with a barrier.
    setPlain(waiting);
  }

  /** The stage has ended; if it says so twice, it is heard once. */
  @Override
  public @Nullable Void apply(@Nullable Object result, @Nullable Throwable error) {
    var waiting = getAndSet(null);
    if (waiting != null) {
      var ignored = waiting.apply(result, error);
    }
    return null;
  }

  /** Exchanges who is called. {@return whether the stage had not ended before} */
  boolean leaveTo(BiFunction<? super @Nullable Object, ? super @Nullable Throwable, ?> late) {
    return getAndUpdate(waiting -> waiting == null ? null : late) != null;
  }

  /**
   * Calls {@code action} when the stage has ended, or with nulls when {@code over} is done: from
   * then on the stage keeps nothing of it.
   *
   * @param over is done when nobody waits any more
   */
  static void until(
      CompletableFuture<?> over,
      CompletionStage<?> stage,
      BiConsumer<? super @Nullable Object, ? super @Nullable Throwable> action) {
    BiFunction<@Nullable Object, @Nullable Throwable, @Nullable Void> waiting =
        (result, error) -> {
          action.accept(result, error);
          return null;
        };
    if (stage instanceof CompletableFuture<?> future) {
      CompletableFuture<?> first;
      try {
        // A future unlinks what waits for the first of it and another as soon as that is done.
        first =
            Objects.requireNonNull(
                either(future, over.handle((ignored, unused) -> null)),
                "applyToEither returned null instead of a stage");
      } catch (Throwable broken) {
        action.accept(null, broken);
        return;
      }
      StageEnd.<@Nullable Object>hear(first, waiting);
      return;
    }
    var callback = new Callback(waiting);
    StageEnd.<@Nullable Object>hear(stage, callback);
    over.handle((ignored, unused) -> callback.leaveTo((ignoredToo, unusedToo) -> null));
  }

  @SuppressWarnings("unchecked") // both are read as what they are: some object
  private static CompletableFuture<?> either(CompletableFuture<?> one, CompletableFuture<?> other) {
    return ((CompletableFuture<@Nullable Object>) one)
        .applyToEither((CompletableFuture<@Nullable Object>) other, result -> result);
  }
}
