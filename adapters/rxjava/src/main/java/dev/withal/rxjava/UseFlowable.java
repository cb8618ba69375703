package dev.withal.rxjava;

import dev.withal.AsyncBody;
import dev.withal.AsyncContextManager;
import io.reactivex.rxjava3.core.Flowable;
import io.reactivex.rxjava3.core.FlowableSubscriber;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/** A use for each subscription, with the elements of the body. */
final class UseFlowable<T extends @Nullable Object, R> extends Flowable<R> {
  private final AsyncContextManager<T> manager;
  private final Function<? super T, ? extends Publisher<? extends R>> body;

  UseFlowable(
      AsyncContextManager<T> manager, Function<? super T, ? extends Publisher<? extends R>> body) {
    this.manager = manager;
    this.body = body;
  }

  @Override
  protected void subscribeActual(Subscriber<? super R> subscriber) {
    new Used<T, R>(manager, body, subscriber).begin();
  }

  /**
   * Design: a timeout may end the use while another thread passes on an element, and signals must
   * not overlap. So {@code signals} counts the elements under way, and has a bit for the last
   * signal: whoever leaves nothing but that bit gives it.
   */
  private static final class Used<T extends @Nullable Object, R> extends Subscribed<T, R>
      implements FlowableSubscriber<R> {

    /** The last signal is known. */
    private static final int LAST = 1 << 30;

    /** The last signal was given. */
    private static final int GIVEN = 1 << 31;

    private static final VarHandle SIGNALS =
        handle(MethodHandles.lookup(), Used.class, "signals", int.class);
    private static final VarHandle REQUESTED =
        handle(MethodHandles.lookup(), Used.class, "requested", long.class);

    private final Function<? super T, ? extends Publisher<? extends R>> body;
    private final Subscriber<? super R> actual;

    @SuppressWarnings("UnusedVariable") // read by its handle
    private volatile int signals;

    /** The demand from before there was a publisher to request from. */
    private volatile long requested;

    private @Nullable Throwable failure;

    Used(
        AsyncContextManager<T> manager,
        Function<? super T, ? extends Publisher<? extends R>> body,
        Subscriber<? super R> actual) {
      super(manager);
      this.body = body;
      this.actual = actual;
    }

    @Override
    void announce() {
      actual.onSubscribe(this);
    }

    @Override
    CompletableFuture<R> beginIn(AsyncContextManager<T> entered) {
      AsyncBody.Cancellable<T, R> run =
          (held, cancellation) -> {
            // Before it is subscribed to, as elements may come while that goes on.
            cancellation.onRequest(this::asked);
            return run(() ->
                Objects.requireNonNull(
                        body.apply(held),
                        "the body returned null instead of a"
                            + " publisher: return one that completes as the body ends")
                    .subscribe(this));
          };
      return entered.useAsync(run);
    }

    @Override
    public void request(long n) {
      if (n <= 0) {
        refuse(n);
        return;
      }
      Subscription asked = source();
      if (asked != null) {
        inside(() -> asked.request(n));
        return;
      }
      for (long now = requested; ; now = requested) {
        long sum = now + n < 0 ? Long.MAX_VALUE : now + n;
        if (REQUESTED.compareAndSet(this, now, sum)) {
          break;
        }
      }
      Subscription come = source();
      // Guard against race with the subscription, which may not have seen this demand.
      if (come != null) {
        passDemand(come);
      }
    }

    private void passDemand(Subscription subscription) {
      long n = (long) REQUESTED.getAndSet(this, 0L);
      if (n > 0) {
        inside(() -> subscription.request(n));
      }
    }

    @Override
    public void onSubscribe(Subscription subscription) {
      if (takes(Objects.requireNonNull(subscription, "subscription"))) {
        passDemand(subscription);
      }
    }

    @Override
    public void onNext(R element) {
      if (!isOver() && !isCancelled()) {
        outside(() -> pass(element));
      }
    }

    private void pass(R element) {
      int before = (int) SIGNALS.getAndAdd(this, 1);
      try {
        if (before < LAST && before >= 0) {
          actual.onNext(element);
        }
      } finally {
        if ((int) SIGNALS.getAndAdd(this, -1) == LAST + 1) {
          giveLast();
        }
      }
    }

    @Override
    public void onError(Throwable error) {
      failed(error);
    }

    @Override
    public void onComplete() {
      completes();
    }

    @Override
    void deliver(@Nullable R result, @Nullable Throwable error) {
      failure = error;
      SIGNALS.getAndBitwiseOr(this, LAST);
      giveLast();
    }

    private void giveLast() {
      // Whoever comes second finds the other one's bit, or an element under way.
      if (SIGNALS.compareAndSet(this, LAST, LAST | GIVEN)) {
        if (failure == null) {
          actual.onComplete();
        } else {
          actual.onError(failure);
        }
      }
    }
  }
}
