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
 * place among the server's messages, and what it has in its buffers: PostgreSQL's does. So a
 * cancellation is kept until the next row, or the end, and made on the thread that brings that.
 * Only where no row is due, nobody brings one, and it is made at once.
 *
 * @param <T> what a row is read into
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
    // Guard against race with who cancels: it may have waited for this row.
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

  /** Ends it, as no signal comes any more. {@return whether the subscriber is to be told} */
  boolean over() {
    if (ended.compareAndSet(false, true)) {
      passage.readingEnds();
    }
    return !cancelled;
  }

  @Override
  public void onError(Throwable error) {
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
