package dev.withal.reactor;

import dev.withal.AsyncContextManager;
import dev.withal.Report;
import dev.withal.adapters.UseBody;
import dev.withal.internal.Trampoline;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Scannable;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * One subscription to a use: what the subscriber holds, what the body's publisher signals to, and
 * the body itself, in one object.
 *
 * <p>Design. A cancellation of the subscriber's becomes a request on the use, which comes back to
 * {@link #asked} once the body runs; so does a timeout, or a value that is lost. The body then
 * cancels its publisher. That doesn't tell when what it subscribed to has ended, so uses inside it
 * sign up here, through Reactor's {@code Context}: the body lasts until they have ended as well,
 * and exits keep their order. The same goes for those that an operator, such as {@code timeout},
 * has cancelled and left behind.
 */
abstract class Subscribed<T extends @Nullable Object, R> extends UseBody<R>
    implements CoreSubscriber<R>, Subscription, Scannable {

  /** Where in a {@code Context} the use is found that a subscription belongs to. */
  private static final Object AROUND =
      new Object() {
        @Override
        public String toString() {
          return "dev.withal.reactor.use";
        }
      };

  private static final VarHandle CANCELLED =
      handle(MethodHandles.lookup(), Subscribed.class, "cancelled", boolean.class);

  @SuppressWarnings({"rawtypes", "NullAway"}) // of a field that may be null
  private static final AtomicReferenceFieldUpdater<Subscribed, @Nullable Subscription> SOURCE =
      AtomicReferenceFieldUpdater.newUpdater(Subscribed.class, Subscription.class, "source");

  final CoreSubscriber<? super R> actual;
  private final AsyncContextManager<T> manager;

  /** Null once it has begun. */
  private @Nullable Function<? super T, ? extends Publisher<? extends R>> body;

  private volatile boolean cancelled;

  /** The subscription to the body's publisher. */
  private volatile @Nullable Subscription source;

  /** Null until the use has begun, and once it has ended. */
  private volatile @Nullable CompletableFuture<R> use;

  /** The use that this one signed up with. */
  private volatile @Nullable Subscribed<?, ?> outer;

  private @Nullable Context context;

  Subscribed(
      CoreSubscriber<? super R> actual,
      AsyncContextManager<T> manager,
      Function<? super T, ? extends Publisher<? extends R>> body) {
    this.actual = actual;
    this.manager = manager;
    this.body = body;
  }

  // ---- the use ---------------------------------------------------------------------------------

  /** Begins the use, unless its subscriber cancels at once. */
  final void begin() {
    outer = signUp();
    try {
      actual.onSubscribe(this);
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

  /** Begins a use whose body is {@link #run}. */
  abstract CompletableFuture<R> beginIn(AsyncContextManager<T> entered);

  private @Nullable Subscribed<?, ?> signUp() {
    Subscribed<?, ?> around = actual.currentContext().getOrDefault(AROUND, null);
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
        drop(result, error);
      }
    } catch (Throwable failure) {
      new Report(
              Report.Kind.FAILED_CALLBACK,
              manager.toString(),
              "a subscriber failed as it was told the result",
              failure)
          .send();
    } finally {
      signOffOuter();
    }
  }

  /** The use has ended, and its subscriber waits for that. */
  abstract void deliver(@Nullable R result, @Nullable Throwable error);

  /** The use has ended, and its subscriber has cancelled. */
  private void drop(@Nullable R result, @Nullable Throwable error) {
    discard(result);
    if (error != null && isNews(error)) {
      dropError(error, "the use failed after its subscriber had cancelled");
    }
  }

  @Override
  protected final void discard(@Nullable R nobodys) {
    value = null;
    if (nobodys != null) {
      Operators.onDiscard(nobodys, actual.currentContext());
    }
  }

  /** Tells of an error that nobody receives. */
  final void dropError(Throwable error, String message) {
    new Report(Report.Kind.LATE_FAILURE, manager.toString(), message, error).send();
    Operators.onErrorDropped(error, actual.currentContext());
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

  // ---- the body --------------------------------------------------------------------------------

  /** The use has entered: subscribes to the body's publisher. */
  final CompletionStage<R> run(T held) {
    var function = Objects.requireNonNull(body);
    body = null;
    try {
      Objects.requireNonNull(
              function.apply(held),
              "the body returned null instead of a publisher: return one that completes as the"
                  + " body ends")
          .subscribe(this);
    } catch (Throwable error) {
      leavePublisher();
      onError(error);
    }
    return stage();
  }

  // ---- signals of the body's publisher ---------------------------------------------------------

  @Override
  public final void onSubscribe(Subscription subscription) {
    if (Operators.setOnce(SOURCE, this, subscription)) {
      subscribed(subscription);
    }
  }

  @Override
  protected final void leavePublisher() {
    Operators.terminate(SOURCE, this);
  }

  /** The body's publisher waits for demand. */
  abstract void subscribed(Subscription subscription);

  @Override
  public final void onComplete() {
    completes();
  }

  @Override
  public final void onError(Throwable error) {
    if (!fails(error)) {
      dropError(error, "the body failed after it had ended");
    }
  }

  /** The context of the body: its subscriber's, with the place where inner uses sign up. */
  @Override
  public final Context currentContext() {
    Context known = context;
    if (known == null) {
      known = actual.currentContext().put(AROUND, this);
      context = known;
    }
    return known;
  }

  // ---- signals of the subscriber ---------------------------------------------------------------

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
      cancelledInPlace();
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

  /** The subscriber has cancelled while the use has yet to return, or has ended. */
  void cancelledInPlace() {}

  static IllegalArgumentException badRequest(long n) {
    return new IllegalArgumentException(
        "a subscriber requested " + n + " elements: request at least 1 (Reactive Streams, 3.9)");
  }

  /** Asks the use to end, so that its subscriber gets the error after the exit. */
  final void refuse(RuntimeException misuse) {
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

  final @Nullable Subscription source() {
    return source;
  }

  @Override
  @SuppressWarnings("rawtypes") // as Reactor declares it
  public @Nullable Object scanUnsafe(Attr key) {
    if (key == Attr.PARENT) {
      return source;
    }
    if (key == Attr.ACTUAL) {
      return actual;
    }
    if (key == Attr.CANCELLED) {
      return cancelled;
    }
    if (key == Attr.TERMINATED) {
      return isOver();
    }
    return key == Attr.RUN_STYLE ? Attr.RunStyle.ASYNC : null;
  }
}
