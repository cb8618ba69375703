package dev.withal.r2dbc;

import io.r2dbc.spi.Result;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Operators.DeferredSubscription;
import reactor.util.context.Context;

/**
 * A statement on its way to the server and back, which is sent when it is subscribed to.
 *
 * <p>Design: the driver is subscribed to at the first request, so that a statement that is
 * cancelled before is never sent. From then on the statement is inside, until the driver has ended
 * it or was told of its cancellation.
 *
 * <p>A driver may need several messages for a statement, and send the later ones although the
 * subscription was cancelled meanwhile: PostgreSQL's first prepares a new statement, and then
 * executes it. With several bindings, some drivers send one after the other. So a cancellation is
 * kept until a result answers what was sent last. The driver hears of it when no result is open,
 * before it sends more: on the thread that ends the last reading, or at once if it brings nothing.
 *
 * <p>Drivers wait forever for the reader of an emitted result, and PostgreSQL's can't be cancelled
 * then. One that comes after the cancellation is read to its end immediately, as nobody else can.
 * One that was handed out before belongs to its reader, who may cancel first and then begin to
 * read; it is left to {@link Unread}.
 *
 * <p>A server that has rolled back the transaction would run the rest of several statements on
 * their own, so the driver is cancelled as soon as the reading that failed has ended.
 */
final class Passage implements CoreSubscriber<Result>, Subscription, Readings {

  private enum Phase {
    NEW,
    /** Something was sent of which no result has come. */
    SENT,
    ANSWERED,
    /** Ended by the driver, or cancelled there. */
    OVER
  }

  private final Publisher<? extends Result> statement;
  private final Subscriber<? super Result> target;
  private final Admission admission;
  private final Demand demand = new Demand();
  private final DeferredSubscription source = new DeferredSubscription();

  // All below is guarded by this object, which calls no code of others meanwhile.

  private Phase phase = Phase.NEW;
  private boolean cancelled;

  /** The number of results that will be sent for. */
  private int expected;

  /** The number of readings under way. */
  private int readings;

  /** Whether a reading was stopped, so that the driver brings nothing. */
  private boolean stopped;

  /** The results that were handed out and that nobody has begun to read. */
  private final Deque<GuardedResult> unread = new ArrayDeque<>(1);

  /** Whether the subscriber is just getting a result. */
  private boolean handing;

  /** Whether to drop that result if its subscriber doesn't begin to read it. */
  private boolean unwanted;

  /**
   * @param statement a driver's statement
   * @param expected the number of results that will be sent for, at least
   */
  Passage(
      Publisher<? extends Result> statement,
      Subscriber<? super Result> target,
      int expected,
      Admission admission) {
    this.statement = statement;
    this.target = target;
    this.expected = expected;
    this.admission = admission;
  }

  @Override
  public Context currentContext() {
    return Reading.contextOf(target);
  }

  // ---- the subscriber --------------------------------------------------------------------------

  @Override
  public void request(long results) {
    boolean first;
    synchronized (this) {
      first = phase == Phase.NEW;
      phase = first ? Phase.SENT : phase;
      demand.add(results);
    }
    if (first) {
      send(results);
    }
    source.request(results);
  }

  private void send(long results) {
    Throwable refusal =
        results > 0
            ? admission.admit()
            : new IllegalArgumentException(
                "a subscriber requested " + results + " results: request one at least (§3.9)");
    if (refusal != null) {
      synchronized (this) {
        phase = Phase.OVER;
      }
      target.onError(refusal);
      return;
    }
    try {
      statement.subscribe(this);
    } catch (Throwable error) {
      onError(error);
    }
  }

  @Override
  public void cancel() {
    boolean given;
    synchronized (this) {
      cancelled = true;
      phase = phase == Phase.NEW ? Phase.OVER : phase;
      given = phase != Phase.OVER && !unread.isEmpty();
    }
    if (given) {
      admission.unread().add(this);
      // Guard against race with the exit, which drops before it waits.
      if (admission.isClosed()) {
        dropUnread();
      }
    }
    advance(false);
  }

  /** Reads the results that were handed out and not read, so that the driver continues. */
  void dropUnread() {
    for (GuardedResult next; (next = nextUnread()) != null; ) {
      next.drop();
    }
  }

  private synchronized @Nullable GuardedResult nextUnread() {
    if (handing) {
      unwanted = true;
      return null;
    }
    GuardedResult next = phase == Phase.OVER ? null : unread.poll();
    readings += next == null ? 0 : 1;
    return next;
  }

  // ---- the driver ------------------------------------------------------------------------------

  @Override
  public void onSubscribe(Subscription subscription) {
    source.set(subscription);
  }

  @Override
  public void onNext(Result result) {
    demand.met();
    var guarded = new GuardedResult(result, this);
    boolean wanted;
    synchronized (this) {
      expected--;
      stopped = false;
      phase = phase == Phase.SENT ? Phase.ANSWERED : phase;
      wanted = !cancelled;
      handing = wanted;
      if (wanted) {
        unread.add(guarded);
      } else {
        readings++;
      }
    }
    if (!wanted) {
      guarded.drop();
      return;
    }
    try {
      target.onNext(guarded);
    } finally {
      boolean dropped;
      synchronized (this) {
        handing = false;
        dropped = unwanted || (cancelled && admission.isClosed());
        unwanted = false;
      }
      if (dropped) {
        dropUnread();
      }
    }
    advance(true);
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

  /** Ends the passage; only the first call counts. {@return whether the subscriber must be told} */
  private boolean over() {
    boolean told;
    synchronized (this) {
      if (phase == Phase.OVER) {
        return false;
      }
      phase = Phase.OVER;
      told = !cancelled;
    }
    admission.leave();
    return told;
  }

  // ---- the readings ----------------------------------------------------------------------------

  @Override
  public synchronized @Nullable Throwable begins(GuardedResult result) {
    readings++;
    unread.remove(result);
    return null;
  }

  @Override
  public boolean awaitReader() {
    return true;
  }

  @Override
  public void ends() {
    synchronized (this) {
      readings--;
    }
    advance(true);
  }

  @Override
  public void stopped() {
    synchronized (this) {
      stopped = true;
    }
    ends();
  }

  @Override
  public void goesOn() {
    Throwable refusal = admission.refusal();
    synchronized (this) {
      if (phase == Phase.ANSWERED && readings == 0 && unread.isEmpty() && expected > 0) {
        phase = cancelled || refusal != null ? phase : Phase.SENT;
      } else {
        refusal = null;
      }
    }
    if (refusal == null) {
      advance(true);
    } else {
      source.cancel();
      if (over()) {
        target.onError(refusal);
      }
    }
  }

  @Override
  public void failed(Throwable error) {
    admission.failed(error);
  }

  /**
   * Passes a cancellation on as far as possible.
   *
   * @param quiet whether the driver can't bring anything on another thread
   */
  private void advance(boolean quiet) {
    boolean answered;
    synchronized (this) {
      if (!cancelled
          || phase == Phase.OVER
          || readings > 0
          || !unread.isEmpty()
          || (demand.isDue() && !(phase == Phase.ANSWERED && (quiet || stopped)))) {
        return;
      }
      answered = phase == Phase.ANSWERED;
      if (answered) {
        phase = Phase.OVER;
      } else {
        // Without a request, the server's answer would never be signalled.
        demand.add(1);
      }
    }
    if (answered) {
      source.cancel();
      admission.leave();
    } else {
      source.request(1);
    }
  }
}
