package dev.withal.rxjava;

import dev.withal.AsyncContextManager;
import dev.withal.Report;
import dev.withal.adapters.UseBody;
import dev.withal.internal.Trampoline;
import io.reactivex.rxjava3.plugins.RxJavaPlugins;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;

/**
 * One subscription to a use: what the subscriber holds, what the body's publisher signals to, and
 * the body itself, in one object.
 *
 * <p>Design. A cancellation of the subscriber's becomes a request on the use, which comes back to
 * {@link #asked} once the body runs; so does a timeout, or a value that is lost. The body then
 * cancels its publisher. That doesn't tell when what it subscribed to has ended, so uses inside it
 * sign up here: the body lasts until they have ended as well.
 *
 * <p>RxJava has nothing that goes along with a subscription. But it subscribes and disposes by
 * calls that come to all that is above, on the calling thread. So a use inside is found where it is
 * subscribed to while the body subscribes or requests, or else where it is disposed of while the
 * body leaves its publisher: {@code INSIDE} has the body meanwhile. A source may also signal while
 * it is subscribed to. The subscriber is outside the body, so {@code INSIDE} has the body around
 * that as long as it is called.
 */
abstract class Subscribed<T extends @Nullable Object, R> extends UseBody<R>
    implements Subscription {

  /** The body that subscribes to its publisher, requests or leaves it, on this thread. */
  private static final ThreadLocal<@Nullable Subscribed<?, ?>> INSIDE = new ThreadLocal<>();

  /** In place of the use around, once this one has ended. */
  private static final Object ENDED = new Object();

  /** In place of a subscription to the body's publisher, once that was left. */
  private static final Subscription LEFT =
      new Subscription() {
        @Override
        public void request(long n) {}

        @Override
        public void cancel() {}
      };

  private static final VarHandle CANCELLED =
      handle(MethodHandles.lookup(), Subscribed.class, "cancelled", boolean.class);
  private static final VarHandle OUTER =
      handle(MethodHandles.lookup(), Subscribed.class, "outer", Object.class);
  private static final VarHandle SOURCE =
      handle(MethodHandles.lookup(), Subscribed.class, "source", Subscription.class);

  private final AsyncContextManager<T> manager;
  private volatile boolean cancelled;

  /** The subscription to the body's publisher. */
  private volatile @Nullable Subscription source;

  /** Null until the use has begun, and once it has ended. */
  private volatile @Nullable CompletableFuture<R> use;

  /** The use that this one signed up with. */
  private volatile @Nullable Object outer;

  Subscribed(AsyncContextManager<T> manager) {
    this.manager = manager;
  }

  // ---- the use ---------------------------------------------------------------------------------

  /** Begins the use, unless its subscriber cancels at once. */
  final void begin() {
    signUpWith(INSIDE.get());
    try {
      announce();
    } catch (Throwable error) {
      signOffOuter();
      throw error;
    }
    if (cancelled) {
      signOffOuter();
      return;
    }
    CompletableFuture<R> begun = beginIn(manager);
    if (begun.state() == Future.State.SUCCESS) {
      ended(begun.resultNow(), null);
      return;
    }
    use = begun;
    begun.handle((result, error) -> {
      ended(result, error);
      return null;
    });
    // Guard against race with a cancellation that found no use yet.
    if (cancelled) {
      ask(begun);
    }
  }

  /** Gives the subscriber its subscription. */
  abstract void announce();

  /** Begins a use whose body subscribes to the publisher and returns {@link #stage}. */
  abstract CompletableFuture<R> beginIn(AsyncContextManager<T> entered);

  /** Signs up with the body that runs around this on the calling thread, if there is one. */
  private void signUpWith(@Nullable Subscribed<?, ?> around) {
    // One that has ended takes nobody.
    if (around != null && around.takeIn()) {
      // Guard against race with the end of this use.
      if (!OUTER.compareAndSet(this, null, around)) {
        around.partEnded();
      }
    }
  }

  private void signOffOuter() {
    if (OUTER.getAndSet(this, ENDED) instanceof Subscribed<?, ?> around) {
      // That may be the end of the body around, whose use then signals from here.
      if (INSIDE.get() == this) {
        run(around::partEnded, around);
      } else {
        around.partEnded();
      }
    }
  }

  /** {@return the use that this one signed up with; null if there is none} */
  private @Nullable Subscribed<?, ?> around() {
    return outer instanceof Subscribed<?, ?> around ? around : null;
  }

  /** {@return why the body around is asked to end; null if there is none, or it isn't} */
  private @Nullable Throwable reasonOfOuter() {
    Subscribed<?, ?> around = around();
    return around == null ? null : around.reason();
  }

  /** Whether this is that use, or inside it. */
  private boolean isWithin(Subscribed<?, ?> that) {
    for (Subscribed<?, ?> now = this; now != null; now = now.around()) {
      if (now == that) {
        return true;
      }
    }
    return false;
  }

  /** Subscribes, requests or leaves; what that calls is inside this body. */
  final void inside(Runnable step) {
    run(step, this);
  }

  /** Signals to the subscriber, which isn't inside this body, even while that subscribes. */
  final void outside(Runnable signal) {
    if (INSIDE.get() == this) {
      run(signal, around());
    } else {
      signal.run();
    }
  }

  private static void run(Runnable step, @Nullable Subscribed<?, ?> body) {
    Subscribed<?, ?> before = INSIDE.get();
    INSIDE.set(body);
    try {
      step.run();
    } finally {
      INSIDE.set(before);
    }
  }

  private void ended(@Nullable R result, @Nullable Throwable error) {
    use = null;
    try {
      if (!cancelled) {
        outside(() -> deliver(result, error));
      } else {
        discard(result);
        if (error != null && isNews(error)) {
          dropError(error, "the use failed after its subscriber had cancelled");
        }
      }
    } catch (Throwable failure) {
      report(Report.Kind.FAILED_CALLBACK, "a subscriber failed as it was told the result", failure);
    } finally {
      signOffOuter();
    }
  }

  /** The use has ended, and its subscriber waits for that. */
  abstract void deliver(@Nullable R result, @Nullable Throwable error);

  /** Tells of an error that nobody receives. */
  final void dropError(Throwable error, String message) {
    report(Report.Kind.LATE_FAILURE, message, error);
    RxJavaPlugins.onError(error);
  }

  private void report(Report.Kind kind, String message, Throwable error) {
    new Report(kind, manager.toString(), message, error).send();
  }

  /** Whether an error says more than that the request to end was heard. */
  private boolean isNews(Throwable error) {
    if (error == reasonOfOuter()) {
      return false; // it comes to the subscriber of that one
    }
    return !(error instanceof CancellationException)
        || error.getCause() != null
        || error.getSuppressed().length > 0;
  }

  /** A value has come that nobody takes any more. */
  final void cameLate(@Nullable Object nobodys) {
    reportDropped(manager, nobodys);
  }

  @Override
  protected final void discard(@Nullable R nobodys) {
    value = null;
    cameLate(nobodys);
  }

  // ---- the body's publisher --------------------------------------------------------------------

  /** {@return whether the body has this subscription from here on} Else it is cancelled. */
  final boolean takes(Subscription subscription) {
    if (SOURCE.compareAndSet(this, null, subscription)) {
      return true;
    }
    subscription.cancel();
    return false;
  }

  final @Nullable Subscription source() {
    return source;
  }

  @Override
  protected final void leavePublisher() {
    var left = (Subscription) SOURCE.getAndSet(this, LEFT);
    if (left != null) {
      inside(left::cancel);
    }
  }

  /** Subscribes to the body's publisher. {@return what the body returns} */
  final CompletableFuture<R> run(Runnable subscribing) {
    try {
      inside(subscribing);
    } catch (Throwable error) {
      leavePublisher();
      failed(error);
    }
    return stage();
  }

  /** The body's publisher has failed. */
  final void failed(Throwable error) {
    if (!fails(error)) {
      dropError(error, "the body failed after it had ended");
    }
  }

  // ---- the subscriber --------------------------------------------------------------------------

  @Override
  public final void cancel() {
    if (!CANCELLED.compareAndSet(this, false, true)) {
      return;
    }
    Subscribed<?, ?> leaving = INSIDE.get();
    // A body may also dispose of a use around it: the two must not wait for each other.
    if (outer == null && leaving != null && !leaving.isWithin(this)) {
      signUpWith(leaving);
    }
    CompletableFuture<R> begun = use;
    if (begun != null) {
      // Uses nest at any depth, and each one's request cancels the next one's subscription.
      Trampoline.run(() -> {
        ask(begun);
        leaveIfSubscribing();
      });
    } else {
      // It runs in place, on this thread or another one: whoever begins it asks it next.
      leavePublisher();
    }
  }

  private void ask(CompletableFuture<R> begun) {
    Throwable why = reasonOfOuter();
    if (why == null) {
      begun.cancel(true);
    } else {
      begun.completeExceptionally(why);
    }
  }

  /** Asks the use to end, so that its subscriber gets the error after the exit. */
  final void refuse(long n) {
    var misuse =
        new IllegalArgumentException(
            "a subscriber requested "
                + n
                + " elements: request at least 1 (Reactive Streams, 3.9)");
    CompletableFuture<R> begun = use;
    if (begun != null) {
      begun.completeExceptionally(misuse);
    } else {
      asked(misuse);
    }
  }

  final boolean isCancelled() {
    return cancelled;
  }
}
