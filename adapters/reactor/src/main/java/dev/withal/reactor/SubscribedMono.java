package dev.withal.reactor;

import dev.withal.AsyncBody;
import dev.withal.AsyncContextManager;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Operators;

/**
 * A subscription to a use with at most one value, which comes after the exit and waits for demand.
 *
 * <p>Design: {@code demand} brings the result and the first request together.
 */
final class SubscribedMono<T extends @Nullable Object, R> extends Subscribed<T, R> {
  private static final int NONE = 0;
  private static final int REQUESTED = 1;
  private static final int WAITING = 2;
  private static final int DONE = 3;

  private static final VarHandle DEMAND =
      handle(MethodHandles.lookup(), SubscribedMono.class, "demand", int.class);

  private volatile int demand = NONE;

  SubscribedMono(
      CoreSubscriber<? super R> actual,
      AsyncContextManager<T> manager,
      Function<? super T, ? extends Publisher<? extends R>> body) {
    super(actual, manager, body);
  }

  @Override
  CompletableFuture<R> beginIn(AsyncContextManager<T> entered) {
    AsyncBody<T, R> body = this::run;
    return entered.useAsync(body);
  }

  @Override
  void subscribed(Subscription subscription) {
    subscription.request(Long.MAX_VALUE);
  }

  @Override
  public void onNext(R first) {
    if (!arrives(first)) {
      Operators.onNextDropped(first, currentContext());
    }
  }

  @Override
  void deliver(@Nullable R result, @Nullable Throwable error) {
    if (error != null) {
      actual.onError(error);
    } else if (result == null) {
      actual.onComplete();
    } else {
      value = result;
      if (demand == REQUESTED || !DEMAND.compareAndSet(this, NONE, WAITING)) {
        emit(REQUESTED);
      } else if (isCancelled()) {
        // Guard against race with a cancellation that found nothing to wait.
        cancelledInPlace();
      }
    }
  }

  @Override
  public void request(long n) {
    if (n <= 0) {
      if (DEMAND.compareAndSet(this, WAITING, DONE)) {
        discard(value);
        actual.onError(badRequest(n));
      } else {
        refuse(badRequest(n));
      }
    } else if (demand != REQUESTED && !DEMAND.compareAndSet(this, NONE, REQUESTED)) {
      emit(WAITING);
    }
  }

  private void emit(int before) {
    if (DEMAND.compareAndSet(this, before, DONE)) {
      R result = Objects.requireNonNull(value);
      value = null;
      actual.onNext(result);
      actual.onComplete();
    }
  }

  @Override
  void cancelledInPlace() {
    if (DEMAND.compareAndSet(this, WAITING, DONE)) {
      discard(value);
    }
  }
}
