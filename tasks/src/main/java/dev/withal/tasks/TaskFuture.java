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

/** A future that is done when its task has ended, so completing it is a request. */
abstract class TaskFuture<R extends @Nullable Object> extends CompletableFuture<R> {
  private static final String OBTRUDE =
      "the result of a task can't be overwritten: ask for an end with complete,"
          + " completeExceptionally or cancel";

  /**
   * The reason for which a task is asked to end.
   *
   * @param reason why it is to end
   * @param withValue whether the future completes with a value then
   * @param value that value
   */
  record Request(Throwable reason, boolean withValue, @Nullable Object value) {}

  // ---- for the task ----------------------------------------------------------------------------

  /** Asks the task to end. {@return whether it was the first to, and the work had not ended} */
  abstract boolean ask(Request request);

  final void finish(@Nullable R value) {
    super.complete(value);
  }

  final void fail(Throwable error) {
    super.completeExceptionally(error);
  }

  /** Ends as it was asked to. */
  @SuppressWarnings("unchecked") // the value was given to complete(R)
  final void end(Request asked, Answer answer) {
    if (asked.withValue && answer.news().isEmpty()) {
      finish((R) asked.value);
    } else {
      fail(answer.error());
    }
  }

  // ---- requests --------------------------------------------------------------------------------

  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    return ask(new Request(new CancellationException("cancelled by its caller"), false, null))
        || isCancelled();
  }

  @Override
  public boolean completeExceptionally(Throwable error) {
    Objects.requireNonNull(error, "error");
    Throwable cause = error instanceof CompletionException ? Foreign.cause(error) : null;
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
        R value = supplier.get();
        if (complete(value)) {
          whenComplete((ignored, error) -> {
            if (error != null) {
              Answer.drop(value);
            }
          });
        } else {
          Answer.drop(value);
        }
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
