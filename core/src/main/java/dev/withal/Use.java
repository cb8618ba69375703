package dev.withal;

import dev.withal.internal.Span;
import dev.withal.internal.Tracer;
import dev.withal.internal.Trampoline;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * One use in stage style: state machine, result and its own callback in one object.
 *
 * <p>Design. A use goes through the phases {@code ENTERING → BODY → EXITING → ENDED}. In each of
 * the first three it awaits one stage, and {@link #step} turns that stage's end into the next stage
 * to await; {@link #drive} loops over stages that are complete already, so these cost no recursion.
 *
 * <p>Two cells settle every race. {@code phase}: who moves it on has the right to start what
 * follows, so an exit starts once (L1). {@code request}: empty until it is filled by the first of a
 * caller who asks for an end and the body that ends by itself; what comes second counts no more
 * (L7).
 *
 * <p>A caller who asked waits for the enter or the body, but at most the grace period: then {@code
 * ENTERING → ORPHANED}, and what arrives after all is exited in the background (L8), or {@code BODY
 * → OVERLAPPING → ENDED}, an exit beside the running body (L3). Where a nested use of ours is
 * awaited, that one is asked and keeps the grace period, so that exits stay in order.
 */
final class Use<T extends @Nullable Object, R extends @Nullable Object> extends UseExit<T, R>
    implements BiFunction<@Nullable Object, @Nullable Throwable, @Nullable Void> {

  /** Null once it has begun: a use may wait for it for long, and there may be many. */
  private AsyncBody.@Nullable Cancellable<? super T, ? extends R> body;

  /** Whether the body's code has come to a value, and what belongs to it beyond that is awaited. */
  private boolean restBegun;

  Use(
      AsyncContextManager<T> manager,
      AsyncBody.Cancellable<? super T, ? extends R> body,
      Settings settings,
      int since) {
    super(manager, settings, since);
    this.body = body;
  }

  // ---- where it begins -------------------------------------------------------------------------

  /** Begins before the enter. */
  Use<T, R> begin() {
    proceedToEnter(() -> drive(enter()));
    return handedOver();
  }

  /** Begins in the enter. */
  Use<T, R> goOnEntering(CompletionStage<?> entering, @Nullable Span span) {
    context = Recorded.entering(this, span);
    boundEnter(entering);
    await(entering);
    return handedOver();
  }

  /** Begins between the enter and the body. */
  Use<T, R> goOnEntered(AsyncContext<? extends T> entered, CompletionStage<?> lost) {
    drive(runBody(entered, lost));
    return handedOver();
  }

  /** Begins in the body. */
  Use<T, R> goOnInBody(AsyncContext<? extends T> entered, CompletionStage<? extends R> running) {
    context = entered;
    Recorded.ownedBy(this, entered, null);
    body = null;
    phase = Phase.BODY;
    await(running);
    return handedOver();
  }

  /** Begins in the exit. */
  Use<T, R> goOnExiting(
      AsyncContext<? extends T> entered,
      ExitCase ending,
      @Nullable R result,
      CompletionStage<?> exiting) {
    context = entered;
    body = null;
    phase = Phase.EXITING;
    how = ending;
    value = result;
    closeToRequests();
    Recorded.ownedBy(this, entered, null);
    context = Recorded.exitPending(entered, this);
    await(exiting);
    return handedOver();
  }

  /** Begins after an exit that failed although the body gave a result. */
  Use<T, R> goOnDropping(AsyncContext<? extends T> entered, ExitCase left, R result) {
    context = entered;
    closeToRequests();
    SharedErrors.pass(left.error(), entered, this);
    drive(drop(Phase.DROPPING_LAST, left, result));
    return handedOver();
  }

  /** A stage that this use awaited has ended. */
  @Override
  public @Nullable Void apply(@Nullable Object result, @Nullable Throwable error) {
    Object before = ended(error);
    if (Tracer.isOn()) {
      Inside.outside(() -> goOnHere(before, result, error));
    } else {
      goOnHere(before, result, error);
    }
    return null;
  }

  private void goOnHere(
      @Nullable Object before, @Nullable Object result, @Nullable Throwable error) {
    Trampoline trampoline = settings().executor() == null ? Trampoline.descend() : null;
    if (trampoline == null) {
      settings().proceed(() -> drive(goOn(before, result, error)));
      return;
    }
    try {
      drive(goOn(before, result, error));
    } finally {
      trampoline.ascend();
    }
  }

  /** An error that this has failed with by now belongs to the caller. */
  private Use<T, R> handedOver() {
    handOver();
    return this;
  }

  // ---- the steps -------------------------------------------------------------------------------

  private void drive(@Nullable CompletionStage<?> first) {
    CompletionStage<?> stage = first;
    while (stage != null && Stages.hasValue(stage)) {
      stage = step(Stages.value(stage), null);
    }
    if (stage != null) {
      await(stage);
    }
  }

  private void await(CompletionStage<?> stage) {
    if (phase == Phase.ENTERING && context == null) {
      context = Recorded.entering(this);
    }
    awaiting(stage);
    // Guard against race with the end of the grace period, which found nothing to give up yet.
    if (isGivenUp()) {
      leaveTo(late());
    }
    StageEnd.<@Nullable Object>hear(stage, this);
    IllegalStateException endless = stage instanceof Waits ours ? Ring.of(this, ours) : null;
    if (endless != null) {
      refuseToWait(endless);
    }
  }

  /** Goes on without what is awaited, which waits for this use itself. */
  private void refuseToWait(IllegalStateException endless) {
    awaitingNothing();
    Phase now = phase;
    if (now == Phase.ENTERING) {
      accepts(Request.failure(endless));
      giveUp(Objects.requireNonNull(request()));
    } else if (overtakesBody()) {
      exitWithoutBody(ending(closeToRequests(), endless), name());
    } else if (now == Phase.EXITING) {
      drive(exited(null, endless));
    }
  }

  /** {@return what to await next} Nothing more, if what has ended was given up before. */
  private @Nullable CompletionStage<?> goOn(
      @Nullable Object before, @Nullable Object result, @Nullable Throwable error) {
    if (before instanceof Late late) {
      leftIsOver();
      late.ended(result, error);
      return null;
    }
    return step(result, error);
  }

  private @Nullable CompletionStage<?> step(@Nullable Object result, @Nullable Throwable error) {
    stopEnterTimer();
    return switch (phase) {
      case ENTERING -> error == null ? entered(result) : enterFailed(error);
      case BODY -> bodyEnded(result, error);
      case EXITING -> exited(result, error);
      case DROPPING, DROPPING_LAST -> dropped(result, error);
      case ORPHANED, OVERLAPPING, ENDED -> endedLate(result, error);
    };
  }

  private @Nullable CompletionStage<?> enter() {
    if (request() != null) {
      // Asked to end while it was put aside, or waited for its executor: nothing was entered, so
      // nothing is left to do.
      return enterFailed(new CancellationException("not entered"));
    }
    since = SharedErrors.additions();
    try {
      var entered = manager();
      Span span = Tracer.isOn() ? Inside.begin(body, named()) : null;
      context = Recorded.entering(this, span);
      CompletionStage<?> entering =
          Running.step(this, entered, "enter", () -> Inside.enter(span, entered));
      boundEnter(entering);
      return entering;
    } catch (Throwable error) {
      SharedErrors.thrown(error, since, this);
      return enterFailed(error);
    }
  }

  private @Nullable CompletionStage<?> enterFailed(Throwable failure) {
    HeldContext.ended(context, failure);
    Throwable error = Failures.unwrap(failure, this);
    if (PHASE.compareAndSet(this, Phase.ENTERING, Phase.ENDED)) {
      Request asked = closeToRequests();
      conclude(asked == null ? ExitCase.of(error) : asked(asked, error), null);
      return null;
    }
    return endedLate(null, error);
  }

  private @Nullable CompletionStage<?> entered(@Nullable Object result) {
    AsyncContext<? extends T> entered = Recorded.arrived(context, manager(), result);
    return entered == null
        ? enterFailed(new NullPointerException(Stages.NO_CONTEXT))
        : runBody(entered, null);
  }

  private @Nullable CompletionStage<?> runBody(
      AsyncContext<? extends T> entered, @Nullable CompletionStage<?> knownLost) {
    Recorded.ownedBy(this, entered, context);
    context = entered;
    if (!PHASE.compareAndSet(this, Phase.ENTERING, Phase.BODY)) {
      context = null;
      Late.exit(name(), entered, null, ExitCase.cancelled(reason()));
      return null;
    }
    var running = Objects.requireNonNull(body);
    body = null;
    closeToBounds();
    if (request() != null) {
      return bodyEnded(null, null);
    }
    since = SharedErrors.additions();
    try {
      CompletionStage<?> lost = knownLost == null ? entered.lost() : knownLost;
      if (lost != null) {
        Recorded.onLoss(entered, lost, this);
      }
      return Objects.requireNonNull(
          Running.step(this, manager(), "body", () -> begin(running, entered)),
          Stages.NO_BODY_STAGE);
    } catch (Throwable error) {
      SharedErrors.thrown(error, since, this);
      return bodyEnded(null, error);
    }
  }

  private @Nullable CompletionStage<?> begin(
      AsyncBody.Cancellable<? super T, ? extends R> running, AsyncContext<? extends T> entered)
      throws Exception {
    AsyncBody<? super T, ? extends R> begins =
        running instanceof AtOnce.Deaf<? super T, ? extends R>(var deaf)
            ? deaf
            : value -> running.apply(value, cancellation());
    // Not the field's: the end of the grace period may have let go of that.
    return AtOnce.apply(entered, entered.value(), begins);
  }

  @SuppressWarnings("unchecked") // the result is the body's
  private @Nullable CompletionStage<?> bodyEnded(
      @Nullable Object result, @Nullable Throwable failure) {
    if (failure == null && !restBegun && request() == null) {
      restBegun = true;
      CompletionStage<?> rest = BodyNews.rest(context, result);
      if (rest != null) {
        return rest;
      }
    }
    // Guard against race with the end of the grace period, which starts the exit as well.
    if (!PHASE.compareAndSet(this, Phase.BODY, Phase.EXITING)) {
      return endedLate(result, failure);
    }
    Request asked = closeToRequests();
    Throwable error = failure == null ? null : Failures.unwrap(failure, this);
    how = ending(asked, error);
    if (how instanceof ExitCase.Succeeded) {
      value = (R) result;
    } else if (error == null && result != null) {
      return drop(Phase.DROPPING, how, result);
    }
    return exit();
  }

  @Override
  void letGo() {
    body = null;
    super.letGo();
  }
}
