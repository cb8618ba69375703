package dev.withal.r2dbc;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;

/**
 * The rows of one result on their way from the driver.
 *
 * <p>Design: a driver that is cancelled on one thread while another one brings rows may lose its
 * position among the server's messages, and the contents of its buffers: PostgreSQL's does. So a
 * cancellation is kept until the next row or the end, and made on the thread that brings it. Only
 * if no row is due, no thread brings one, and the cancellation is made immediately.
 *
 * @param <T> the type into which a row is read
 */
final class Reading<T> implements CoreSubscriber<T>, Subscription {
  private final Subscriber<? super T> target;
  private final Passage passage;
  private final Demand demand = new Demand();
  private final AtomicBoolean ended = new AtomicBoolean();
  private volatile boolean cancelled;
  private @Nullable Subscription source;

  Reading(Subscriber<? super T> target, Passage passage) {
    this.target = target;
    this.passage = passage;
  }

  @Override
  public void onSubscribe(Subscription subscription) {
    source = subscription;
    target.onSubscribe(this);
  }

  @Override
  public void request(long rows) {
    demand.add(rows);
    source().request(rows);
  }

  @Override
  public void cancel() {
    cancelled = true;
    stopIfNoneIsDue();
  }

  @Override
  public void onNext(T row) {
    demand.met();
    if (cancelled) {
      stop();
      return;
    }
    target.onNext(row);
    // Guard against race with a thread that cancels: it may have waited for this row.
    stopIfNoneIsDue();
  }

  private void stopIfNoneIsDue() {
    if (cancelled && !demand.isDue()) {
      stop();
    }
  }

  private void stop() {
    if (ended.compareAndSet(false, true)) {
      source().cancel();
      passage.readingEnds();
    }
  }

  /**
   * Ends the reading, as no signal comes any more. {@return whether the subscriber must be told}
   */
  boolean over() {
    if (ended.compareAndSet(false, true)) {
      passage.readingEnds();
    }
    return !cancelled;
  }

  @Override
  public void onError(Throwable error) {
    passage.failed(error);
    if (over()) {
      target.onError(error);
    }
  }

  @Override
  public void onComplete() {
    if (over()) {
      target.onComplete();
    }
  }

  private Subscription source() {
    return Objects.requireNonNull(source);
  }
}
