package dev.withal.r2dbc;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Operators.DeferredSubscription;
import reactor.util.context.Context;

/**
 * The rows of one result on their way from the driver.
 *
 * <p>Design: a driver that is cancelled on one thread while another one brings rows may lose its
 * position among the server's messages, and the contents of its buffers: PostgreSQL's does. So a
 * cancellation is kept until the next row or the end, and made on the thread that brings it. Only
 * if no row is due, no thread brings one, and the cancellation is made immediately.
 *
 * <p>The driver is subscribed to at the first request, as it may send the statement then.
 *
 * @param <T> the type into which a row is read
 */
final class Reading<T> implements CoreSubscriber<T>, Subscription {
  private final Publisher<T> rows;
  private final Subscriber<? super T> target;
  private final Supplier<@Nullable Throwable> refusal;
  private final Readings readings;
  private final Demand demand = new Demand();
  private final DeferredSubscription source = new DeferredSubscription();
  private final AtomicBoolean begun = new AtomicBoolean();
  private final AtomicBoolean ended = new AtomicBoolean();
  private volatile boolean cancelled;

  /** The thread that is bringing a row; each looks only for itself. */
  private @Nullable Thread bringing;

  /**
   * @param rows a driver's rows
   * @param refusal records that the reading begins, or gives the error if it must not
   * @param readings the readings of the same statement
   */
  Reading(
      Publisher<T> rows,
      Subscriber<? super T> target,
      Supplier<@Nullable Throwable> refusal,
      Readings readings) {
    this.rows = rows;
    this.target = target;
    this.refusal = refusal;
    this.readings = readings;
  }

  static Context contextOf(Subscriber<?> subscriber) {
    return subscriber instanceof CoreSubscriber<?> core ? core.currentContext() : Context.empty();
  }

  @Override
  public Context currentContext() {
    return contextOf(target);
  }

  @Override
  public void onSubscribe(Subscription subscription) {
    source.set(subscription);
  }

  @Override
  public void request(long elements) {
    if (ended.get()) {
      return;
    }
    demand.add(elements);
    if (begun.compareAndSet(false, true)) {
      begin();
    }
    source.request(elements);
  }

  private void begin() {
    Throwable refused = refusal.get();
    if (refused != null) {
      ended.set(true);
      if (!cancelled) {
        target.onError(refused);
      }
      return;
    }
    try {
      rows.subscribe(this);
    } catch (Throwable error) {
      onError(error);
    }
  }

  @Override
  public void cancel() {
    cancelled = true;
    if (begun.compareAndSet(false, true)) {
      if (!readings.awaitReader()) {
        return;
      }
      begin();
    }
    stopIfNoneIsDue();
    if (ended.get() && bringing != Thread.currentThread()) {
      readings.goesOn();
    }
  }

  @Override
  public void onNext(T row) {
    demand.met();
    bringing = Thread.currentThread();
    if (cancelled) {
      stop();
    } else {
      target.onNext(row);
      // Guard against race with a thread that cancels: it may have waited for this row.
      stopIfNoneIsDue();
    }
    bringing = null;
    if (ended.get()) {
      readings.goesOn();
    }
  }

  private void stopIfNoneIsDue() {
    if (cancelled && !demand.isDue()) {
      stop();
    }
  }

  private void stop() {
    if (ended.compareAndSet(false, true)) {
      source.cancel();
      readings.stopped();
    }
  }

  /** Records the end. {@return whether the subscriber must be told} */
  private boolean over() {
    if (ended.compareAndSet(false, true)) {
      readings.ends();
    }
    return !cancelled;
  }

  @Override
  public void onError(Throwable error) {
    readings.failed(error);
    if (over()) {
      target.onError(error);
    }
    readings.goesOn();
  }

  @Override
  public void onComplete() {
    if (over()) {
      target.onComplete();
    }
    readings.goesOn();
  }
}
