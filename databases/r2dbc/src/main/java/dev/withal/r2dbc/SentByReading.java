package dev.withal.r2dbc;

import io.r2dbc.spi.Result;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.util.context.Context;

/**
 * A statement that is sent when its result is read.
 *
 * <p>Design: PostgreSQL's driver emits the result of a statement with bound values immediately. It
 * sends the statement when that is read, once for each reading, and goes on to the next bindings
 * when the reading has come to its end. So each reading is admitted, and nothing is inside in
 * between. A result that nobody reads was never sent, and reading it in order to release the driver
 * would run the statement. The driver is told of a cancellation when no result is read.
 */
final class SentByReading implements CoreSubscriber<Result>, Subscription, Readings {
  private final Subscriber<? super Result> target;
  private final Admission admission;
  private final AtomicInteger readings = new AtomicInteger();
  private volatile boolean cancelled;
  private @Nullable Subscription source;

  SentByReading(Subscriber<? super Result> target, Admission admission) {
    this.target = target;
    this.admission = admission;
  }

  @Override
  public Context currentContext() {
    return Reading.contextOf(target);
  }

  @Override
  public void onSubscribe(Subscription subscription) {
    source = subscription;
    target.onSubscribe(this);
  }

  @Override
  public void request(long results) {
    source().request(results);
  }

  @Override
  public void cancel() {
    cancelled = true;
    cancelIfUnread();
  }

  private void cancelIfUnread() {
    if (cancelled && readings.get() == 0) {
      source().cancel();
    }
  }

  @Override
  public void onNext(Result result) {
    if (!cancelled) {
      target.onNext(new GuardedResult(result, this));
    }
  }

  @Override
  public void onError(Throwable error) {
    failed(error);
    if (!cancelled) {
      target.onError(error);
    }
  }

  @Override
  public void onComplete() {
    if (!cancelled) {
      target.onComplete();
    }
  }

  @Override
  public @Nullable Throwable begins(GuardedResult result) {
    Throwable refusal = admission.admit();
    if (refusal == null) {
      readings.incrementAndGet();
    }
    return refusal;
  }

  @Override
  public boolean awaitReader() {
    return false;
  }

  @Override
  public void ends() {
    readings.decrementAndGet();
    cancelIfUnread();
    admission.leave();
  }

  @Override
  public void stopped() {
    ends();
  }

  @Override
  public void goesOn() {}

  @Override
  public void failed(Throwable error) {
    admission.failed(error);
  }

  private Subscription source() {
    return Objects.requireNonNull(source);
  }
}
