package dev.withal.tasks;

import dev.withal.AsyncContext;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import dev.withal.internal.Reporter;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The elements of a publisher, which is subscribed to until this context exits.
 *
 * <p>Design: as many elements are requested as fit. Half of them are requested again at a time, as
 * each request costs the publisher something.
 */
final class Subscribed<T> implements AsyncContext<Elements<T>>, Flow.Subscriber<T> {
  private static final Flow.Subscription CLOSED =
      new Flow.Subscription() {
        @Override
        public void request(long count) {}

        @Override
        public void cancel() {}
      };

  private final String name;
  private final Buffer<T> buffer;
  private final int capacity;
  private final int batch;
  private final AtomicInteger taken = new AtomicInteger();
  private final AtomicReference<Flow.@Nullable Subscription> subscription = new AtomicReference<>();

  private Subscribed(String name, int capacity) {
    this.name = name;
    this.capacity = capacity;
    batch = (capacity + 1) / 2;
    buffer = new Buffer<>(capacity, this::wasTaken);
  }

  /**
   * Subscribes; a publisher that throws may have given a subscription before, which is cancelled.
   */
  static <T> Subscribed<T> to(Flow.Publisher<? extends T> publisher, String name, int capacity) {
    var subscribed = new Subscribed<T>(name, capacity);
    try {
      publisher.subscribe(subscribed);
    } catch (Throwable error) {
      subscribed.endWith(error);
      throw error;
    }
    return subscribed;
  }

  private void wasTaken() {
    if (taken.incrementAndGet() % batch == 0) {
      request(batch);
    }
  }

  private void request(int count) {
    Flow.Subscription own = subscription.get();
    if (own != null) {
      request(own, count);
    }
  }

  private void request(Flow.Subscription own, int count) {
    try {
      own.request(count);
    } catch (Throwable error) {
      endWith(error);
    }
  }

  // ---- as a subscriber -------------------------------------------------------------------------

  @Override
  public void onSubscribe(Flow.Subscription given) {
    Objects.requireNonNull(given, "subscription");
    // Guard against race with the exit, and against a publisher that subscribes twice.
    if (subscription.compareAndSet(null, given)) {
      request(given, capacity);
    } else {
      given.cancel();
    }
  }

  @Override
  public void onNext(T element) {
    Objects.requireNonNull(element, "element");
    if (subscription.get() != CLOSED && buffer.offer(element)) {
      return;
    }
    endWith(
        new IllegalStateException("the publisher sent more elements than were requested of it"));
  }

  @Override
  public void onError(Throwable error) {
    buffer.end(Objects.requireNonNull(error, "error"));
  }

  @Override
  public void onComplete() {
    buffer.end(null);
  }

  /** Cancels the subscription, and ends the elements with an error, unless it is over already. */
  private void endWith(Throwable error) {
    boolean isNew = true;
    try {
      isNew = close();
    } catch (Throwable broken) {
      Reporter.current()
          .report("FAILED_CALLBACK", name, "the cancellation of a subscription failed", broken);
    }
    if (isNew) {
      buffer.end(error);
    }
  }

  /** Cancels the subscription. {@return whether that is new} */
  private boolean close() {
    Flow.Subscription before = subscription.getAndSet(CLOSED);
    if (before != null) {
      before.cancel();
    }
    return before != CLOSED;
  }

  // ---- as a context ----------------------------------------------------------------------------

  @Override
  public Elements<T> value() {
    return new Elements<>(buffer);
  }

  @Override
  public CompletionStage<Verdict> exitAsync(ExitCase how) {
    buffer.close();
    close();
    Throwable error = buffer.errorLeft();
    return Production.failing(error == null ? List.of() : List.of(error), this);
  }

  @Override
  public String toString() {
    return name;
  }
}
