package dev.withal;

import dev.withal.internal.Time;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A future whose holder can ask it to end but can't make it end (L7): every method that completes a
 * {@link CompletableFuture} is a request here, and the future is done when what it stands for is.
 */
abstract sealed class RequestFuture<R extends @Nullable Object> extends OwnFuture<R>
    permits GracedFuture, ThreadWork, Relay, All.Group, OpenUse.BodyEnd {

  /** What was asked for: to end with {@code reason}, or, if {@code withValue}, with a value. */
  static final class Request {
    final Throwable reason;
    final boolean withValue;
    final @Nullable Object value;

    final By by;

    /** Who asked. */
    enum By {
      CALLER,
      /** The context, which lost its value: then its exit has the last word. */
      CONTEXT,
      /** The bound on the enter: that counts no more once the body begins. */
      BOUND
    }

    private Request(Throwable reason, boolean withValue, @Nullable Object value, By by) {
      this.reason = reason;
      this.withValue = withValue;
      this.value = value;
      this.by = by;
    }

    static Request failure(Throwable reason) {
      return new Request(reason, false, null, By.CALLER);
    }

    static Request loss(Throwable reason) {
      return new Request(reason, false, null, By.CONTEXT);
    }

    static Request bound(Throwable reason) {
      return new Request(reason, false, null, By.BOUND);
    }

    static Request value(@Nullable Object value) {
      return new Request(
          new CancellationException("completed by its caller"), true, value, By.CALLER);
    }

    /** {@return what a nested use is asked for when its outer one is asked for this} */
    Request nested() {
      return withValue || by != By.CALLER ? failure(reason) : this;
    }
  }

  /** {@return whether this request is the first, and comes in time} */
  abstract boolean accepts(Request request);

  /** Acts on an accepted request. {@return the future that must be asked next, if any} */
  abstract @Nullable RequestFuture<?> onAccepted(Request request);

  /** {@return whether this future bounds by itself how long it takes to end once it is asked} */
  boolean keepsGrace() {
    return true;
  }

  /** {@return whether what this future awaits keeps the grace period in its place} */
  final boolean isLeftTo(@Nullable RequestFuture<?> nested) {
    return nested != null && (isEntering() ? nested.keepsGraceOfEnter() : nested.keepsGrace());
  }

  /**
   * {@return whether it does so for who enters by this future} An enter is awaited no longer than
   * for the grace period (L8), but a body is: work on a thread of its own ends when it likes.
   */
  final boolean keepsGraceOfEnter() {
    if (!keepsGrace()) {
      return false;
    }
    for (RequestFuture<?> at = this; at != null && !at.isTooLate(); at = at.awaitedUse()) {
      if (at.isWork()) {
        return false;
      }
      if (at.isEntering()) {
        return true;
      }
    }
    return true;
  }

  /** {@return whether this future stands for work on a thread of its own} */
  boolean isWork() {
    return false;
  }

  /** {@return whether an enter is awaited, which is left at the end of a grace period} */
  boolean isEntering() {
    return false;
  }

  /** {@return whether a request would come too late, as nothing but exits are left} */
  boolean isTooLate() {
    return false;
  }

  /** {@return the future that this one waits for, if it would be asked next} */
  @Nullable RequestFuture<?> awaitedUse() {
    return null;
  }

  /** {@return the future that this one can't end before, whether or not it would be asked} */
  @Override
  public @Nullable Waits waitsFor() {
    return awaitedUse();
  }

  /** Asks this future to end, and then what it waits for: in a loop, as uses nest at any depth. */
  final boolean ask(Request request) {
    for (RequestFuture<?> at = this; at != null; at = at.awaitedUse()) {
      if (at.isTooLate()) {
        return false;
      }
    }
    return askInAnyCase(request);
  }

  /** Asks, although what this future waits for may be past all requests. */
  final boolean askInAnyCase(Request request) {
    if (!accepts(request)) {
      return false;
    }
    Request nested = request.nested();
    RequestFuture<?> next = onAccepted(request);
    while (next != null && next.accepts(nested)) {
      next = next.onAccepted(nested);
    }
    return true;
  }

  /** Makes the future done. */
  final void finish(@Nullable R value) {
    super.complete(value);
  }

  /** Makes the future done. */
  final void fail(Throwable error) {
    if (SharedErrors.areNone()) {
      super.completeExceptionally(error);
      return;
    }
    SharedErrors.met(error, null, this);
    SharedErrors.handing(this, () -> super.completeExceptionally(error));
  }

  /** The calling thread reads here what this failed with: so may a use whose function it runs. */
  @Override
  final void passToThread() {
    pass(SharedErrors::read);
  }

  /** What this has failed with by now is the caller's, as if the call that began this threw it. */
  final void handOver() {
    pass(SharedErrors::hand);
  }

  private void pass(BiConsumer<@Nullable Throwable, Object> way) {
    if (!isCompletedExceptionally() || SharedErrors.areNone()) {
      return;
    }
    try {
      getNow(null);
    } catch (Throwable thrown) {
      for (Throwable at : new Throwable[] {thrown, Foreign.cause(thrown)}) {
        way.accept(at, this);
      }
    }
  }

  @Override
  public CompletableFuture<R> toCompletableFuture() {
    passToThread();
    return this;
  }

  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    return ask(Request.failure(new CancellationException("cancelled by its caller")))
        || isCancelled();
  }

  @Override
  public boolean completeExceptionally(Throwable error) {
    return ask(Request.failure(Failures.unwrap(Objects.requireNonNull(error, "error"), this)));
  }

  @Override
  public boolean complete(@Nullable R value) {
    return ask(Request.value(value));
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
              drop(value);
            }
          });
        } else {
          drop(value);
        }
      } catch (Throwable error) {
        completeExceptionally(error);
      }
    });
    return this;
  }

  /** Releases a value that was made for this future, which has ended otherwise (L17). */
  void drop(@Nullable R value) {
    Dropped.exitLate(
        value, null, "a future", Settings.DEFAULT, new CancellationException("came too late"));
  }

  @Override
  public CompletableFuture<R> orTimeout(long timeout, TimeUnit unit) {
    Duration limit = duration(timeout, unit);
    return after(limit, () -> completeExceptionally(Stages.timedOut(this, limit)));
  }

  @Override
  public CompletableFuture<R> completeOnTimeout(@Nullable R value, long timeout, TimeUnit unit) {
    return after(duration(timeout, unit), () -> complete(value));
  }

  /** Takes any number of any unit: days as well, which may be too many for a {@code Duration}. */
  private static Duration duration(long number, TimeUnit unit) {
    return Duration.ofNanos(unit.toNanos(number));
  }

  private CompletableFuture<R> after(Duration limit, Runnable request) {
    if (!isDone()) {
      Time.Timer timer = Time.current().schedule(limit, InExit.continuing(request));
      whenComplete((ignored, unused) -> timer.cancel());
    }
    return this;
  }

  /** Refused: it would show a result while the context is held. */
  @Override
  public void obtrudeValue(@Nullable R value) {
    throw new UnsupportedOperationException(OBTRUDE);
  }

  /** Refused: it would show a result while the context is held. */
  @Override
  public void obtrudeException(Throwable error) {
    throw new UnsupportedOperationException(OBTRUDE);
  }

  private static final String OBTRUDE =
      "the result of a use can't be overwritten: ask for an end with complete,"
          + " completeExceptionally or cancel";
}
