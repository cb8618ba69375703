package dev.withal.reactor;

import dev.withal.AsyncBody;
import dev.withal.AsyncContextManager;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Operators;

/**
 * A subscription to a use with any number of elements, which come while the body runs, and as many
 * as are requested.
 *
 * <p>Design: a timeout may end the use while another thread passes on an element, and signals must
 * not overlap. So {@code signals} counts the elements under way, and has a bit for the last signal:
 * whoever leaves nothing but that bit gives it.
 */
final class SubscribedFlux<T extends @Nullable Object, R> extends Subscribed<T, R> {

  /** The last signal is known. */
  private static final int LAST = 1 << 30;

  /** The last signal was given. */
  private static final int GIVEN = 1 << 31;

  private static final VarHandle SIGNALS =
      handle(MethodHandles.lookup(), SubscribedFlux.class, "signals", int.class);

  @SuppressWarnings("rawtypes")
  private static final AtomicLongFieldUpdater<SubscribedFlux> REQUESTED =
      AtomicLongFieldUpdater.newUpdater(SubscribedFlux.class, "requested");

  @SuppressWarnings("UnusedVariable") // read by its handle
  private volatile int signals;

  /** The demand from before there was a publisher to request from. */
  @SuppressWarnings("UnusedVariable") // read by its updater
  private volatile long requested;

  private @Nullable Throwable failure;

  SubscribedFlux(
      CoreSubscriber<? super R> actual,
      AsyncContextManager<T> manager,
      Function<? super T, ? extends Publisher<? extends R>> body) {
    super(actual, manager, body);
  }

  @Override
  CompletableFuture<R> beginIn(AsyncContextManager<T> entered) {
    AsyncBody.Cancellable<T, R> body =
        (held, cancellation) -> {
          // Before it is subscribed to, as elements may come while that goes on.
          cancellation.onRequest(this::asked);
          return run(held);
        };
    return entered.useAsync(body);
  }

  @Override
  public void request(long n) {
    if (n <= 0) {
      refuse(badRequest(n));
      return;
    }
    Subscription source = source();
    if (source != null) {
      source.request(n);
      return;
    }
    Operators.addCap(REQUESTED, this, n);
    source = source();
    // Guard against race with the subscription, which may not have seen this demand.
    if (source != null) {
      subscribed(source);
    }
  }

  @Override
  void subscribed(Subscription subscription) {
    long n = REQUESTED.getAndSet(this, 0);
    if (n > 0) {
      subscription.request(n);
    }
  }

  @Override
  public void onNext(R element) {
    if (isOver() || isCancelled()) {
      Operators.onNextDropped(element, currentContext());
      return;
    }
    int before = (int) SIGNALS.getAndAdd(this, 1);
    try {
      if (before >= LAST || before < 0) {
        Operators.onNextDropped(element, currentContext());
      } else {
        actual.onNext(element);
      }
    } finally {
      if ((int) SIGNALS.getAndAdd(this, -1) == LAST + 1) {
        giveLast();
      }
    }
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
