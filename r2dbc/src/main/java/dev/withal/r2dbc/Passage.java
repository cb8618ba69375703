package dev.withal.r2dbc;

import io.r2dbc.spi.Result;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;

/**
 * One statement on its way to the server and back.
 *
 * <p>Design: a driver may need several messages for a statement, and send the later ones although
 * the subscription was cancelled meanwhile: PostgreSQL's prepares a new statement first, and then
 * executes it. So a cancellation is kept until the server has answered with the last result that is
 * expected, or the first of a statement with one; by then all is sent. From there on it is the
 * driver's, which may stop to fetch rows.
 */
final class Passage implements CoreSubscriber<Result>, Subscription {

  private enum Phase {
    SENT,
    /** Cancelled, which the driver has not been told. */
    KEPT,
    ANSWERED,
    OVER
  }

  private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.SENT);
  private final Subscriber<? super Result> target;
  private final Runnable left;

  /** Only touched by the publisher's signals, which come one at a time. */
  private int expected;

  private @Nullable Subscription source;

  /**
   * @param expected how many results there will be
   * @param left called once, when nothing will be sent any more
   */
  Passage(Subscriber<? super Result> target, int expected, Runnable left) {
    this.target = target;
    this.expected = expected;
    this.left = left;
  }

  /** Ends it; only the first call counts. {@return the phase it was in} */
  private Phase over() {
    Phase before = phase.getAndSet(Phase.OVER);
    if (before != Phase.OVER) {
      left.run();
    }
    return before;
  }

  /** It was not sent. */
  void end() {
    over();
  }

  @Override
  public void onSubscribe(Subscription subscription) {
    source = subscription;
    target.onSubscribe(this);
  }

  @Override
  public void request(long elements) {
    source().request(elements);
  }

  @Override
  public void cancel() {
    if (phase.compareAndSet(Phase.SENT, Phase.KEPT)) {
      source().request(Long.MAX_VALUE);
    } else if (phase.get() == Phase.ANSWERED) {
      source().cancel();
      over();
    }
  }

  @Override
  public void onNext(Result result) {
    expected--;
    if (expected <= 0 && phase.compareAndSet(Phase.SENT, Phase.ANSWERED)) {
      target.onNext(result);
    } else if (phase.get() != Phase.KEPT) {
      target.onNext(result);
    } else if (expected > 0) {
      Flux.from(result.getRowsUpdated()).onErrorComplete().subscribe();
    } else {
      source().cancel();
      over();
    }
  }

  @Override
  public void onError(Throwable error) {
    if (over() != Phase.KEPT) {
      target.onError(error);
    }
  }

  @Override
  public void onComplete() {
    if (over() != Phase.KEPT) {
      target.onComplete();
    }
  }

  private Subscription source() {
    return Objects.requireNonNull(source);
  }
}
