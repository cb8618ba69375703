package dev.withal.tasks;

import dev.withal.internal.Time;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The future of a forked task: done when that has ended, so completing it is a request.
 *
 * <p>Design: once it is done it lets go of the task, as it may be kept for its result.
 */
final class TaskFuture<R extends @Nullable Object> extends CompletableFuture<R> {
  private static final String OBTRUDE =
      "the result of a task can't be overwritten: ask for an end with complete,"
          + " completeExceptionally or cancel";

  private volatile @Nullable ForkedTask<R> task;

  /**
   * The reason for which a task is asked to end.
   *
   * @param reason why it is to end
   * @param withValue whether the future completes with a value then
   * @param value that value
   */
  record Request(Throwable reason, boolean withValue, @Nullable Object value) {}

  TaskFuture(ForkedTask<R> task) {
    this.task = task;
  }

  // ---- for the task ----------------------------------------------------------------------------

  void finish(@Nullable R value) {
    task = null;
    super.complete(value);
  }

  void fail(Throwable error) {
    task = null;
    super.completeExceptionally(error);
  }

  /** Ends as it was asked to. */
  @SuppressWarnings("unchecked") // the value was given to complete(R)
  void end(Request asked, Answer answer) {
    if (asked.withValue && answer.news().isEmpty()) {
      finish((R) asked.value);
    } else {
      fail(answer.error());
    }
  }

  // ---- requests --------------------------------------------------------------------------------

  private boolean ask(Request request) {
    ForkedTask<R> running = task;
    return running != null && running.ask(request);
  }

  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    return ask(new Request(new CancellationException("cancelled by its caller"), false, null))
        || isCancelled();
  }

  @Override
  public boolean completeExceptionally(Throwable error) {
    Objects.requireNonNull(error, "error");
    Throwable cause = error instanceof CompletionException ? error.getCause() : null;
    return ask(new Request(cause == null ? error : cause, false, null));
  }

  @Override
  public boolean complete(@Nullable R value) {
    return ask(new Request(new CancellationException("completed by its caller"), true, value));
  }

  @Override
  public CompletableFuture<R> completeAsync(Supplier<? extends R> supplier, Executor executor) {
    Objects.requireNonNull(supplier, "supplier");
    executor.execute(() -> {
      try {
        complete(supplier.get());
      } catch (Throwable error) {
        completeExceptionally(error);
      }
    });
    return this;
  }

  @Override
  public CompletableFuture<R> orTimeout(long timeout, TimeUnit unit) {
    Duration limit = Duration.ofNanos(unit.toNanos(timeout));
    return after(
        limit, () -> completeExceptionally(new TimeoutException("timed out after " + limit)));
  }

  @Override
  public CompletableFuture<R> completeOnTimeout(@Nullable R value, long timeout, TimeUnit unit) {
    return after(Duration.ofNanos(unit.toNanos(timeout)), () -> complete(value));
  }

  private CompletableFuture<R> after(Duration limit, Runnable request) {
    if (!isDone()) {
      Time.Timer timer = Time.current().schedule(limit, request);
      whenComplete((ignored, unused) -> timer.cancel());
    }
    return this;
  }

  /** Refused: it would show a result while the task runs. */
  @Override
  public void obtrudeValue(@Nullable R value) {
    throw new UnsupportedOperationException(OBTRUDE);
  }

  /** Refused: it would show a result while the task runs. */
  @Override
  public void obtrudeException(Throwable error) {
    throw new UnsupportedOperationException(OBTRUDE);
  }

  @Override
  public <U> CompletableFuture<U> newIncompleteFuture() {
    return new CompletableFuture<>();
  }
}
