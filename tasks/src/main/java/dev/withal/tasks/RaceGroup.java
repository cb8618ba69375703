package dev.withal.tasks;

import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Tasks of which the first success ends the others. */
final class RaceGroup<R extends @Nullable Object> extends Group {
  private final CompletableFuture<R> first = new CompletableFuture<>();
  private final AtomicBoolean won = new AtomicBoolean();

  /** Whether somebody waits for the first success, so that nobody's is an end as well. */
  private volatile boolean awaited;

  RaceGroup(String name) {
    super(name, null, Running.oneByOne());
  }

  boolean isWon() {
    return won.get();
  }

  /** {@return the future of a task that comes when all is decided} */
  CompletableFuture<R> lateForAll() {
    return CompletableFuture.failedFuture(
        new CancellationException("not begun: the race has been won"));
  }

  CompletableFuture<R> first() {
    awaited = true;
    failIfAllHave();
    return first.copy();
  }

  /** The task that has won is done. */
  void hasWon(@Nullable R value) {
    first.complete(value);
  }

  @Override
  void onFailure(Throwable error) {}

  @Override
  boolean onSuccess() {
    if (isAsked() || !won.compareAndSet(false, true)) {
      return false;
    }
    askTasks(new CancellationException("another task of the race has succeeded"));
    return true;
  }

  @Override
  void onLeft() {
    failIfAllHave();
  }

  private void failIfAllHave() {
    if (awaited && !won.get() && isIdle()) {
      Throwable error = firstFailure();
      first.completeExceptionally(error == null ? noneRan() : error);
    }
  }

  private RuntimeException noneRan() {
    return isAsked()
        ? refusal()
        : new IllegalStateException(
            "no task of the race has succeeded or failed: begin some before first()");
  }

  @Override
  Iterable<Member.Failure> told() {
    return won.get() ? List.of() : super.told();
  }
}
