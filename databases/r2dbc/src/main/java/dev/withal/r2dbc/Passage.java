package dev.withal.r2dbc;

import io.r2dbc.spi.Result;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;

/**
 * One statement on its way to the server and back.
 *
 * <p>Design: a driver may need several messages for a statement, and send the later ones although
 * the subscription was cancelled meanwhile: PostgreSQL's first prepares a new statement, and then
 * executes it. So a cancellation is kept until the server has answered with the last expected
 * result, or with the first result of a statement that has only one; by then everything is sent.
 *
 * <p>Drivers wait forever for the reader of an emitted result, and PostgreSQL's can't be cancelled
 * then. So a result that nobody has begun to read is read to its end, and those being read are left
 * to {@link Reading}. After that the driver is told of the cancellation, and the statement is over.
 * It isn't over earlier, so that the cancellation doesn't hit the next statement.
 */
final class Passage implements CoreSubscriber<Result>, Subscription {

  private enum Phase {
    SENT,
    /** Cancelled, but the driver has not been told. */
    KEPT,
    ANSWERED,
    /** Cancelled after the answer; the driver is told as soon as nobody reads a result. */
    ENDING,
    OVER
  }

  private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.SENT);
  private final Demand demand = new Demand();
  private final AtomicInteger readings = new AtomicInteger();

  /** The emitted results that nobody has begun to read. */
  private final Queue<GuardedResult> unread = new ConcurrentLinkedQueue<>();

  private final Subscriber<? super Result> target;
  private final Consumer<Throwable> failed;
  private final Runnable left;

  /** Only touched by the publisher's signals, which come one at a time. */
  private int expected;

  private @Nullable Subscription source;

  /**
   * @param expected the number of results that there will be
   * @param failed called with each error of the statement
   * @param left called once, when nothing more will be sent
   */
  Passage(
      Subscriber<? super Result> target, int expected, Consumer<Throwable> failed, Runnable left) {
    this.target = target;
    this.expected = expected;
    this.failed = failed;
    this.left = left;
  }

  /** Ends the passage; only the first call counts. {@return whether the subscriber must be told} */
  private boolean over() {
    Phase before = phase.getAndSet(Phase.OVER);
    if (before != Phase.OVER) {
      left.run();
    }
    return before == Phase.SENT || before == Phase.ANSWERED;
  }

  /** Ends a passage whose statement was not sent. */
  void notSent() {
    over();
  }

  /** Records an error, before the subscriber hears of it. */
  void failed(Throwable error) {
    failed.accept(error);
  }

  void readingBegins(GuardedResult result) {
    readings.incrementAndGet();
    unread.remove(result);
  }

  void readingEnds() {
    readings.decrementAndGet();
    end();
  }

  @Override
  public void onSubscribe(Subscription subscription) {
    source = subscription;
    target.onSubscribe(this);
  }

  @Override
  public void request(long results) {
    demand.add(results);
    source().request(results);
  }

  @Override
  public void cancel() {
    if (phase.compareAndSet(Phase.SENT, Phase.KEPT)) {
      requestIfNoneIsDue();
    } else if (phase.compareAndSet(Phase.ANSWERED, Phase.ENDING)) {
      end();
    }
  }

  @Override
  public void onNext(Result result) {
    expected--;
    demand.met();
    if (expected <= 0 && !phase.compareAndSet(Phase.SENT, Phase.ANSWERED)) {
      phase.compareAndSet(Phase.KEPT, Phase.ENDING);
    }
    var guarded = new GuardedResult(result, this);
    unread.add(guarded);
    if (isWanted()) {
      target.onNext(guarded);
    }
    end();
  }

  private boolean isWanted() {
    Phase now = phase.get();
    return now == Phase.SENT || now == Phase.ANSWERED;
  }

  /** Without a request, the server's answer would never be signalled. */
  private void requestIfNoneIsDue() {
    if (!demand.isDue()) {
      request(1);
    }
  }

  /** Ends the passage as far as possible, if it was cancelled. */
  private void end() {
    if (isWanted()) {
      return;
    }
    for (GuardedResult next; (next = unread.poll()) != null; ) {
      drop(next);
    }
    if (readings.get() > 0) {
      return;
    }
    if (phase.get() == Phase.KEPT) {
      requestIfNoneIsDue();
    } else if (!demand.isDue() && phase.compareAndSet(Phase.ENDING, Phase.OVER)) {
      source().cancel();
      left.run();
    }
  }

  /** Reads a result that nobody wants, so that the driver continues and releases it. */
  private static void drop(GuardedResult result) {
    Flux.from(result.getRowsUpdated()).onErrorComplete().subscribe();
  }

  @Override
  public void onError(Throwable error) {
    failed(error);
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
