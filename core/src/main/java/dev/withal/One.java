package dev.withal;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Subscribes to a publisher of one element or none.
 *
 * <p>Design: two elements are requested, so that a second one is noticed. The future completes when
 * the publisher does, since a publisher may still have work to do after its element; signals after
 * that violate its contract and are ignored. One cell holds the subscription until it is taken out:
 * by the last signal, after which it must not be called, or by completing the future before that,
 * which cancels it.
 */
final class One<T> implements Flow.Subscriber<T> {
  /** In the place of a subscription that is over, or of one that nobody wants any more. */
  private static final Flow.Subscription OVER =
      new Flow.Subscription() {
        @Override
        public void request(long n) {}

        @Override
        public void cancel() {}
      };

  private final CompletableFuture<@Nullable T> result = new CompletableFuture<>();
  private final AtomicReference<Flow.@Nullable Subscription> subscription = new AtomicReference<>();
  private @Nullable T element;

  static <T> CompletableFuture<@Nullable T> of(Flow.Publisher<? extends T> publisher) {
    var one = new One<T>();
    one.result.whenComplete((ignored, unused) -> one.cancel());
    try {
      publisher.subscribe(one);
    } catch (Throwable error) {
      failOrReport(one.result, publisher, error);
    }
    return one.result;
  }

  /** Fails a future with what code threw that was to complete it, if it hasn't. */
  static void failOrReport(CompletableFuture<?> future, Object code, Throwable error) {
    if (!future.completeExceptionally(error)) {
      Report.send(Report.Kind.FAILED_CALLBACK, code, "it failed after its future was done", error);
    }
  }

  @Override
  public void onSubscribe(Flow.Subscription given) {
    refuseNull(given, "a subscription");
    if (!subscription.compareAndSet(null, given)) {
      given.cancel();
      return;
    }
    try {
      given.request(2);
    } catch (Throwable error) {
      result.completeExceptionally(error);
    }
  }

  @Override
  public void onNext(T item) {
    refuseNull(item, "an element");
    if (element != null) {
      result.completeExceptionally(
          new IllegalStateException(
              "the publisher has more than one element: take a list of them"));
      return;
    }
    element = item;
  }

  @Override
  public void onError(Throwable error) {
    refuseNull(error, "an error");
    subscription.set(OVER);
    result.completeExceptionally(error);
  }

  @Override
  public void onComplete() {
    subscription.set(OVER);
    result.complete(element);
  }

  /** A publisher may not give null, and is told so; nobody waits for what it does then. */
  private void refuseNull(@Nullable Object given, String what) {
    if (given == null) {
      var refusal = new NullPointerException("the publisher gave null as " + what);
      result.completeExceptionally(refusal);
      throw refusal;
    }
  }

  private void cancel() {
    Flow.Subscription given = subscription.getAndSet(OVER);
    if (given != null) {
      try {
        given.cancel();
      } catch (Throwable error) {
        Report.send(
            Report.Kind.FAILED_CALLBACK, given, "the cancellation of a subscription failed", error);
      }
    }
  }
}
