package dev.withal.mutiny;

import dev.withal.AsyncContextManager;
import dev.withal.Report;
import dev.withal.adapters.UseBody;
import dev.withal.internal.Trampoline;
import io.smallrye.mutiny.Context;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.HashMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * One subscription to a use: what the subscriber holds, what the body's publisher signals to, and
 * the body itself, in one object.
 *
 * <p>Design. A cancellation of the subscriber's becomes a request on the use, which comes back to
 * {@link #asked} once the body runs; so does a timeout, or a value that is lost. The body then
 * cancels its publisher. That doesn't tell when what it subscribed to has ended, so uses inside it
 * sign up here, through Mutiny's {@code Context}: the body lasts until they have ended as well. A
 * {@code Context} can be changed by all who share it, so the body has a copy.
 */
abstract class Subscribed<T extends @Nullable Object, R> extends UseBody<R>
    implements Flow.Subscription {

  /** Where in a {@code Context} the use is found that a subscription belongs to. */
  private static final Object AROUND = "dev.withal.mutiny.use";

  /** In place of a subscription to the body's publisher, once that was left. */
  private static final Flow.Subscription LEFT =
      new Flow.Subscription() {
        @Override
        public void request(long n) {}

        @Override
        public void cancel() {}
      };

  private static final VarHandle CANCELLED =
      handle(MethodHandles.lookup(), Subscribed.class, "cancelled", boolean.class);
  private static final VarHandle SOURCE =
      handle(MethodHandles.lookup(), Subscribed.class, "source", Flow.Subscription.class);

  private final AsyncContextManager<T> manager;
  private final Context context;

  private volatile boolean cancelled;

  /** The subscription to the body's publisher. */
  private volatile Flow.@Nullable Subscription source;

  /** Null until the use has begun, and once it has ended. */
  private volatile @Nullable CompletableFuture<R> use;

  /** The use that this one signed up with. */
  private volatile @Nullable Subscribed<?, ?> outer;

  private @Nullable Context own;

  Subscribed(AsyncContextManager<T> manager, Context context) {
    this.manager = manager;
    this.context = context;
  }

  // ---- the use ---------------------------------------------------------------------------------

  /** Begins the use, unless its subscriber cancels at once. */
  final void begin() {
    outer = signUp();
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

  private @Nullable Subscribed<?, ?> signUp() {
    Subscribed<?, ?> around = context.getOrElse(AROUND, () -> null);
    // One that has ended takes nobody: whoever kept its Context is on its own.
    return around != null && around.takeIn() ? around : null;
  }

  private void signOffOuter() {
    Subscribed<?, ?> around = outer;
    outer = null;
    if (around != null) {
      around.partEnded();
    }
  }

  private void ended(@Nullable R result, @Nullable Throwable error) {
    use = null;
    try {
      if (!cancelled) {
        deliver(result, error);
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
    Infrastructure.handleDroppedException(error);
  }

  private void report(Report.Kind kind, String message, Throwable error) {
    new Report(kind, manager.toString(), message, error).send();
  }

  /** Whether an error says more than that the request to end was heard. */
  private boolean isNews(Throwable error) {
    Subscribed<?, ?> around = outer;
    if (around != null && error == around.reason()) {
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
  final boolean takes(Flow.Subscription subscription) {
    if (SOURCE.compareAndSet(this, null, subscription)) {
      return true;
    }
    subscription.cancel();
    return false;
  }

  final Flow.@Nullable Subscription source() {
    return source;
  }

  @Override
  protected final void leavePublisher() {
    var left = (Flow.Subscription) SOURCE.getAndSet(this, LEFT);
    if (left != null) {
      left.cancel();
    }
  }

  /** {@return what the body sees: its subscriber's, and where uses inside it sign up} */
  public final Context context() {
    Context known = own;
    if (known == null) {
      var entries = new HashMap<Object, Object>();
      for (Object key : context.keys()) {
        entries.put(key, context.get(key));
      }
      entries.put(AROUND, this);
      known = Context.from(entries);
      own = known;
    }
    return known;
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
    Subscribed<?, ?> around = outer;
    Throwable why = around == null ? null : around.reason();
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
            "a subscriber requested " + n + " items: request at least 1 (Reactive Streams, 3.9)");
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
