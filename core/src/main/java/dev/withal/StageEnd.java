package dev.withal;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What hears of a stage's end, once (L15): a stage that somebody else wrote may call back twice, or
 * throw as it is asked to call back, or do both.
 *
 * <p>Design: whoever takes {@code action} out calls it; so what a broken stage keeps holds nothing
 * that has ended. A stage that throws before it has called back counts as failed with that; what it
 * hands out later all the same goes to {@code late}, which is put in the action's place.
 */
final class StageEnd<V extends @Nullable Object>
    implements BiConsumer<@Nullable V, @Nullable Throwable> {
  private final AtomicReference<@Nullable BiFunction<? super @Nullable V, @Nullable Throwable, ?>>
      action;

  private final @Nullable Consumer<? super @Nullable V> late;

  private StageEnd(
      BiFunction<? super @Nullable V, @Nullable Throwable, ?> action,
      @Nullable Consumer<? super @Nullable V> late) {
    this.action = new AtomicReference<>(action);
    this.late = late;
  }

  /** Calls the action once, when the stage has ended; on the thread that ends it, or now. */
  static <V extends @Nullable Object> void hear(
      CompletionStage<? extends V> stage,
      BiFunction<? super @Nullable V, @Nullable Throwable, ?> action) {
    if (!Stages.isPlain(stage)) {
      new StageEnd<V>(action, null).hear(stage);
      return;
    }
    try {
      // Not whenComplete: its own future would fail as well, with an exception made for it alone.
      stage.handle(action);
    } catch (Throwable broken) {
      var ignored = action.apply(null, broken);
    }
  }

  /**
   * {@return a future that ends as the stage does} Never cancel it: it may be the stage itself.
   *
   * @param late gets the value that comes after the stage has counted as failed
   */
  static <V extends @Nullable Object> CompletableFuture<V> future(
      CompletionStage<V> stage, @Nullable Consumer<? super @Nullable V> late) {
    if (Stages.isPlain(stage)) {
      return (CompletableFuture<V>) stage;
    }
    var future = new CompletableFuture<V>();
    new StageEnd<V>((value, error) -> end(future, value, error), late).hear(stage);
    return future;
  }

  static <V extends @Nullable Object> @Nullable Void end(
      CompletableFuture<V> future, @Nullable V value, @Nullable Throwable error) {
    if (error == null) {
      future.complete(value);
    } else {
      future.completeExceptionally(error);
    }
    return null;
  }

  private void hear(CompletionStage<? extends V> stage) {
    try {
      stage.whenComplete(this);
    } catch (Throwable broken) {
      var waiting = action.getAndSet(late == null ? null : this::arrivedLate);
      if (waiting != null) {
        var ignored = waiting.apply(null, broken);
      } else {
        action.set(null);
        Report.send(
            Report.Kind.FAILED_CALLBACK,
            stage.getClass().getName(),
            "a stage failed as it was asked to call back, and had done so",
            broken);
      }
    }
  }

  private @Nullable Void arrivedLate(@Nullable V value, @Nullable Throwable error) {
    if (error == null) {
      Objects.requireNonNull(late).accept(value);
    }
    return null;
  }

  @Override
  public void accept(@Nullable V value, @Nullable Throwable error) {
    var waiting = action.getAndSet(null);
    if (waiting != null) {
      var ignored = waiting.apply(value, error);
    }
  }
}
