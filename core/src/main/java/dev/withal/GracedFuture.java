package dev.withal;

import dev.withal.internal.Time;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A future that, once it is asked to end, waits for what it awaits for the grace period at most.
 *
 * <p>Design: the cell {@code request} is filled once, by the first caller who asks or by {@link
 * #closeToRequests}; so either the request counts or the end that came by itself does, never both.
 * If what is awaited is a future of ours, it is asked as well, and no timer is needed here where
 * that one keeps a grace period itself.
 */
abstract sealed class GracedFuture<R extends @Nullable Object> extends RequestFuture<R>
    permits UseExit {

  /** Fills the cell when nobody asked in time. */
  private static final Request UNASKED = Request.failure(new CancellationException("unasked"));

  /** Fills the cell, for bounds on the enter only, when the body begins before any request. */
  private static final Request ENTERED = Request.failure(new CancellationException("entered"));

  /** Stands for a stage of somebody else that is waited for. */
  private static final Object FOREIGN = new Object();

  static final VarHandle PHASE;
  private static final VarHandle REQUEST;
  private static final VarHandle AWAITED;

  static {
    try {
      var lookup = MethodHandles.lookup();
      PHASE = lookup.findVarHandle(GracedFuture.class, "phase", Phase.class);
      REQUEST = lookup.findVarHandle(GracedFuture.class, "request", Request.class);
      AWAITED = lookup.findVarHandle(GracedFuture.class, "awaited", Object.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Settings settings;

  @SuppressWarnings("NullAway") // set by the constructor, by its handle
  volatile Phase phase;

  private volatile @Nullable Cancellations cancellation;

  /** What {@link SharedErrors#additions} was before the enter, the body or the exit was called. */
  int since;

  private volatile @Nullable Request request;

  /**
   * What is waited for now: a future of ours, which whoever asks this one to end asks next; one
   * that is {@link Following}, and isn't asked; {@link #FOREIGN}; or, once it was given up, the
   * {@link Late} that is left to do when it ends. Whoever ends it takes that out, and whoever gives
   * it up finds it here; so one of the two comes first.
   */
  private volatile @Nullable Object awaited;

  /** The exits that this is part of, on whichever thread a timer of this goes on. */
  private @Nullable InExit around = InExit.current();

  private volatile Time.@Nullable Timer graceTimer;
  private volatile Time.@Nullable Timer enterTimer;

  GracedFuture(Settings settings, int since) {
    this.settings = settings;
    this.since = since;
    // Nobody else sees this use before it awaits a stage, so without a barrier.
    PHASE.set(this, Phase.ENTERING);
  }

  /** {@return what reports call this} */
  abstract String name();

  /** {@return what knows that: the name itself, or what prints it} */
  abstract Object named();

  /** {@return whether something is awaited that a caller who asked waits for} */
  private boolean isAwaited() {
    Phase now = phase;
    return now == Phase.ENTERING || now == Phase.BODY;
  }

  /** Tells the context, if there is one, that its body is asked to end. */
  abstract void tellContext(Throwable reason);

  /** Goes on without the enter. {@return whether it was still awaited} */
  final boolean leaveEnter(Request asked) {
    if (!PHASE.compareAndSet(this, Phase.ENTERING, Phase.ORPHANED)) {
      return false;
    }
    stopEnterTimer();
    orphaned();
    Answer.give(this, asked, ExitCase.cancelled(asked.reason));
    return true;
  }

  /** The grace period is over: goes on without what is awaited, if it still is. */
  abstract void giveUp(Request asked);

  final Settings settings() {
    return settings;
  }

  /** {@return what tells a body of a request; for the one body there is} */
  final Cancellation cancellation() {
    var created = new Cancellations();
    cancellation = created;
    // Guard against race with a request that did not see it yet.
    Request asked = request();
    if (asked != null) {
      created.ask(asked.reason);
    }
    return created;
  }

  /** {@return what was asked for in time; null if nothing was} */
  final @Nullable Request request() {
    Request asked = request;
    return asked == UNASKED || asked == ENTERED ? null : asked;
  }

  /** Says what is waited for from here on; asks it at once if this future has been asked. */
  final void awaiting(CompletionStage<?> stage) {
    if (!SharedErrors.areNone() && Stages.isDone(stage)) {
      // It has failed inside of the call that returned it, as if that had thrown.
      SharedErrors.thrown(Stages.thrown(stage), since, this);
    }
    if (!(stage instanceof RequestFuture<?> nested)) {
      if (stage instanceof Following<?>) {
        awaited = stage;
      } else if (isAwaited() || isGivenUp()) {
        AWAITED.setRelease(this, FOREIGN);
      }
      return;
    }
    // One that comes after this was given up is asked as well: nobody else will. Guard against race
    // with the timer that gives it up, after which the request is gone.
    Request asked = askedBefore();
    awaited = nested;
    // Guard against race with a request that did not see what we await yet.
    asked = asked == null ? askedBefore() : asked;
    if (asked != null) {
      nested.ask(asked.nested());
    }
  }

  private @Nullable Request askedBefore() {
    return isAwaited() || isGivenUp() ? request() : null;
  }

  /** What was awaited has ended. {@return what it was, or what was put in its place} */
  final @Nullable Object takeAwaited(@Nullable Throwable error) {
    Object before = awaited == null ? null : AWAITED.getAndSet(this, null);
    SharedErrors.came(error, before, since, this);
    Request asked = request();
    if (asked != null) {
      // The reason may have been added to there, whatever came of it.
      SharedErrors.met(asked.reason, before, this);
    }
    return before;
  }

  final void awaitingNothing() {
    Object now = awaited;
    if (now != null && !(now instanceof Late)) {
      AWAITED.compareAndSet(this, now, null);
    }
  }

  /** Whether a stage was given up whose end still comes here. */
  final boolean isGivenUp() {
    Phase now = phase;
    return now == Phase.ORPHANED || now == Phase.OVERLAPPING;
  }

  /** The enter was given up. */
  abstract void orphaned();

  /**
   * Gives up what is awaited, whose end takes {@code late} out. {@return whether it has not ended
   * before, so that nothing else is needed any more}
   */
  final boolean leaveTo(Late late) {
    Object now = awaited;
    // A use ends in its own grace period, so it is not given up.
    return now != null && !(now instanceof GracedFuture) && AWAITED.compareAndSet(this, now, late);
  }

  /** Lets go of what was needed to get here, as the future may be kept for its result. */
  void letGo() {
    awaitingNothing();
    if (cancellation != null) {
      cancellation = null;
    }
    around = null;
    if (graceTimer != null) {
      graceTimer = null;
    }
    if (enterTimer != null) {
      enterTimer = null;
    }
    if (request() != null) {
      request = UNASKED;
    }
  }

  /** Takes no more requests: what is awaited has ended. {@return the one that came in time} */
  final @Nullable Request closeToRequests() {
    var asked = (Request) REQUEST.compareAndExchange(this, null, UNASKED);
    if (asked == ENTERED) {
      Request later = (Request) REQUEST.compareAndExchange(this, ENTERED, UNASKED);
      asked = later == ENTERED ? null : later;
    }
    Cancellations told = cancellation;
    if (told != null) {
      if (asked == null) {
        told.end();
      } else {
        // Guard against race with whoever asked, who finds it no more once this future has ended.
        told.ask(asked.reason);
      }
    }
    Grace.stop(graceTimer);
    stopEnterTimer();
    return asked;
  }

  /** {@return the case of a body that was asked for this, and ended with {@code error} or none} */
  final ExitCase asked(Request asked, @Nullable Throwable error) {
    if (asked.withValue && error != null && Unwinding.isNews(error)) {
      // The caller gets a value: nothing is left to carry the error.
      Late.report(name(), "body", error);
      return ExitCase.cancelled(asked.reason);
    }
    return Unwinding.asked(asked.reason, error, this);
  }

  /**
   * Takes no bound on the enter from here on, as the body is about to begin. Guard against race
   * with {@link #enterOver}: either it finds this, or the body finds its request.
   */
  final void closeToBounds() {
    if (enterTimer != null) {
      REQUEST.compareAndSet(this, null, ENTERED);
    }
  }

  /** Begins the enter, on the executor if there is one: to wait for that counts for the bound. */
  final void proceedToEnter(Runnable enter) {
    if (settings.executor() != null) {
      boundEnter(null);
    }
    settings.proceed(enter);
  }

  /**
   * Asks this future to end if the enter takes longer than it may.
   *
   * @param entering the enter; null if it has yet to begin
   */
  final void boundEnter(@Nullable CompletionStage<?> entering) {
    Duration limit = enterTimer == null ? settings.enterTimeout() : null;
    if (limit != null && (entering == null || !Stages.hasValue(entering))) {
      try {
        enterTimer = Time.current().schedule(limit, continuing(() -> enterOver(limit)));
      } catch (Throwable broken) {
        // A clock that fails must not lose what arrives (L15): it is exited, and this is told.
        accepts(Request.failure(broken));
      }
      // Guard against race with the end of a grace period, which did not see the timer.
      if (phase != Phase.ENTERING) {
        stopEnterTimer();
      }
    }
  }

  private void enterOver(Duration limit) {
    if (phase != Phase.ENTERING
        || (request() == null
            && askInAnyCase(Request.bound(Stages.enterTimedOut(name(), limit))))) {
      return;
    }
    // Asked for an end before, which the caller waits for no longer than for the enter.
    Request asked = request();
    if (asked != null && settings.answersAtTheBound()) {
      leaveEnter(asked);
    }
  }

  final void stopEnterTimer() {
    Grace.stop(enterTimer);
  }

  @Override
  final boolean accepts(Request asked) {
    return REQUEST.compareAndSet(this, null, asked)
        || (asked.by != Request.By.BOUND && REQUEST.compareAndSet(this, ENTERED, asked));
  }

  @Override
  final @Nullable RequestFuture<?> onAccepted(Request asked) {
    Cancellations told = cancellation;
    if (told != null) {
      told.ask(asked.reason);
    }
    tellContext(asked.reason);
    RequestFuture<?> nested = awaitedUse();
    boolean atOnce = asked.by == Request.By.BOUND && settings.answersAtTheBound();
    if ((atOnce || !isLeftTo(nested)) && isAwaited()) {
      graceTimer =
          atOnce
              ? Grace.begin(Duration.ZERO, named(), continuing(() -> leaveEnter(asked)))
              : Grace.begin(settings.grace(), named(), continuing(() -> graceOver(asked)));
      // Guard against race with the end of what is awaited, which did not see the timer.
      if (!isAwaited()) {
        Grace.stop(graceTimer);
      }
    }
    return nested;
  }

  /** Whoever asks is part of other exits, or of none. */
  private Runnable continuing(Runnable action) {
    return InExit.continuing(around, action);
  }

  private void graceOver(Request asked) {
    if (!isLeftTo(awaitedUse())) {
      giveUp(asked);
    }
  }

  @Override
  final boolean isTooLate() {
    return !isAwaited();
  }

  @Override
  final @Nullable RequestFuture<?> awaitedUse() {
    return awaited instanceof RequestFuture<?> nested && !nested.isDone() ? nested : null;
  }

  @Override
  public final @Nullable Waits waitsFor() {
    return awaited instanceof Following<?> stage ? stage : awaitedUse();
  }

  /** {@return what this future has failed with; null if it has not} */
  final @Nullable Throwable failure() {
    return isCompletedExceptionally() ? Stages.failure(this, this) : null;
  }
}
