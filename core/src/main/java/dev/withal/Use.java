package dev.withal;

import dev.withal.internal.Held;
import dev.withal.internal.Trampoline;
import java.lang.ref.WeakReference;
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
final class Use<T extends @Nullable Object, R extends @Nullable Object> extends GracedFuture<R>
    implements BiFunction<@Nullable Object, @Nullable Throwable, @Nullable Void> {

  /** Null once all has ended that it may be needed for. */
  private @Nullable AsyncContextManager<T> manager;

  /** Null once it has begun: a use may wait for it for long, and there may be many. */
  private AsyncBody.@Nullable Cancellable<? super T, ? extends R> body;

  // Written by whoever moves the phase on, before or right after; read in later phases.
  private @Nullable AsyncContext<? extends T> context;
  private ExitCase how = ExitCase.succeeded();
  private @Nullable R value;

  Use(
      AsyncContextManager<T> manager,
      AsyncBody.Cancellable<? super T, ? extends R> body,
      Settings settings,
      int since) {
    super(settings, since);
    this.manager = manager;
    this.body = body;
  }

  // ---- where it begins -------------------------------------------------------------------------

  /** Begins before the enter. */
  Use<T, R> begin() {
    settings().proceed(() -> drive(enter()));
    return handedOver();
  }

  /** Begins in the enter. */
  Use<T, R> goOnEntering(CompletionStage<?> entering) {
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
    HeldContext.ownedBy(this, entered, null);
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
    HeldContext.ownedBy(this, entered, null);
    context = HeldContext.exitPending(entered, this);
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
    if (error != null) {
      met(error);
    }
    Trampoline trampoline = settings().executor() == null ? Trampoline.descend() : null;
    if (trampoline == null) {
      settings().proceed(() -> drive(step(result, error)));
      return null;
    }
    try {
      drive(step(result, error));
    } finally {
      trampoline.ascend();
    }
    return null;
  }

  /** What has failed by now is the caller's. */
  private Use<T, R> handedOver() {
    passToThread();
    return this;
  }

  // ---- the steps -------------------------------------------------------------------------------

  private void drive(@Nullable CompletionStage<?> first) {
    CompletionStage<?> stage = first;
    while (stage != null) {
      if (Stages.hasValue(stage)) {
        stage = step(Stages.value(stage), null);
      } else {
        await(stage);
        return;
      }
    }
  }

  private void await(CompletionStage<?> stage) {
    if (phase == Phase.ENTERING) {
      context = HeldContext.entering(this);
    }
    var callback = awaiting(stage, this);
    // Guard against race with the end of the grace period, which found nothing to give up yet.
    if (isGivenUp()) {
      leaveTo(late());
    }
    StageEnd.<@Nullable Object>hear(stage, callback);
    IllegalStateException endless =
        stage instanceof RequestFuture<?> ours ? Ring.of(this, ours) : null;
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
    } else if (PHASE.compareAndSet(this, Phase.BODY, Phase.OVERLAPPING)) {
      exitWithoutBody(ending(closeToRequests(), endless), name());
    } else if (now == Phase.EXITING) {
      drive(exited(null, endless));
    }
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
      // Asked to end while it was put aside: nothing was entered, so nothing is left to do.
      return enterFailed(new CancellationException("not entered"));
    }
    try {
      var entered = manager();
      CompletionStage<?> entering =
          Watchdog.watch(entered, settings(), "enter", () -> Stages.enter(entered));
      boundEnter(entering);
      return entering;
    } catch (Throwable error) {
      return enterFailed(error);
    }
  }

  private @Nullable CompletionStage<?> enterFailed(Throwable failure) {
    HeldContext.ended(context);
    Throwable error = Failures.unwrap(failure, this);
    if (PHASE.compareAndSet(this, Phase.ENTERING, Phase.ENDED)) {
      Request asked = closeToRequests();
      conclude(asked == null ? ExitCase.of(error) : asked(asked, error), null);
      return null;
    }
    return endedLate(null, error);
  }

  private @Nullable CompletionStage<?> entered(@Nullable Object result) {
    AsyncContext<? extends T> entered = Stages.context(manager(), result);
    return entered == null
        ? enterFailed(new NullPointerException(Stages.NO_CONTEXT))
        : runBody(entered, null);
  }

  private @Nullable CompletionStage<?> runBody(
      AsyncContext<? extends T> entered, @Nullable CompletionStage<?> knownLost) {
    HeldContext.ownedBy(this, entered, context);
    context = entered;
    if (!PHASE.compareAndSet(this, Phase.ENTERING, Phase.BODY)) {
      context = null;
      Stages.exitLate(name(), entered, null, ExitCase.cancelled(reason()));
      return null;
    }
    var running = Objects.requireNonNull(body);
    body = null;
    closeToBounds();
    if (request() != null) {
      return bodyEnded(null, null);
    }
    try {
      T held = entered.value();
      CompletionStage<?> lost = knownLost == null ? entered.lost() : knownLost;
      if (lost != null) {
        Stages.onLoss(entered, lost, this, reason -> ask(Request.loss(reason)));
      }
      return Objects.requireNonNull(
          Watchdog.watch(manager(), settings(), "body", () -> begin(running, held)),
          Stages.NO_BODY_STAGE);
    } catch (Throwable error) {
      return bodyEnded(null, error);
    }
  }

  private @Nullable CompletionStage<?> begin(
      AsyncBody.Cancellable<? super T, ? extends R> running, T held) throws Exception {
    return running instanceof AtOnce.Deaf<? super T, ? extends R>(var deaf)
        ? deaf.apply(held)
        : running.apply(held, cancellation());
  }

  @SuppressWarnings("unchecked") // the result is the body's
  private @Nullable CompletionStage<?> bodyEnded(
      @Nullable Object result, @Nullable Throwable failure) {
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

  private @Nullable CompletionStage<?> exit() {
    try {
      CompletionStage<?> stage =
          Watchdog.watch(manager(), settings(), "exit", () -> Stages.exitUnread(held(), how, this));
      if (!Stages.hasValue(stage)) {
        context = HeldContext.exitPending(held(), this);
      }
      return stage;
    } catch (Throwable error) {
      return exited(null, error);
    }
  }

  private @Nullable CompletionStage<?> exited(@Nullable Object result, @Nullable Throwable error) {
    // An exit that began at once did so in the name of its context.
    SharedErrors.pass(how.error(), held(), this);
    if (result instanceof ExitCase left) {
      SharedErrors.pass(left.error(), held(), this);
    }
    ExitCase after =
        error == null
            ? Unwinding.after(how, Stages.read(held(), result), this)
            : Unwinding.afterFailure(how, error, this);
    R given = value;
    if (given != null && after.error() != null) {
      CompletionStage<?> next = drop(Phase.DROPPING_LAST, after, given);
      HeldContext.ended(held());
      return next;
    }
    HeldContext.ended(held());
    if (phase == Phase.EXITING) {
      PHASE.setRelease(this, Phase.ENDED);
    }
    conclude(after, given);
    return null;
  }

  /** Releases a result that nobody will receive (L17). */
  private @Nullable CompletionStage<?> drop(Phase dropping, ExitCase ending, Object result) {
    phase = dropping;
    how = ending;
    value = null;
    return Dropped.exitAll(
        Dropped.owed(result, own(), settings().named(manager()), settings(), ending.error()),
        ending,
        this);
  }

  /** It is released, and goes on to the exit, or to the end. */
  private @Nullable CompletionStage<?> dropped(@Nullable Object left, @Nullable Throwable error) {
    ExitCase after =
        left instanceof ExitCase told
            ? told
            : Unwinding.afterFailure(how, Objects.requireNonNull(error), this);
    if (phase == Phase.DROPPING) {
      phase = Phase.EXITING;
      how = after;
      return exit();
    }
    PHASE.setRelease(this, Phase.ENDED);
    conclude(after, null);
    return null;
  }

  /** {@return what the context handed out, which its exit releases} */
  private @Nullable Object own() {
    AsyncContext<? extends T> held = context;
    try {
      return held == null ? null : held.value();
    } catch (Throwable broken) {
      Report.send(
          Report.Kind.FAILED_CALLBACK,
          settings().named(manager()),
          "the context failed as it was asked for its value again",
          broken);
      return null;
    }
  }

  /** Keeps what a stage needs that was given up and ends at this very moment, but nothing else. */
  @Override
  void letGo() {
    if (phase != Phase.ORPHANED) {
      context = null;
    }
    body = null;
    value = null;
    how = ExitCase.succeeded();
    if (!isGivenUp()) {
      manager = null;
      super.letGo();
    }
  }

  // ---- the end of the grace period -------------------------------------------------------------

  @Override
  void orphaned() {
    // Where contexts are recorded, the record asks this use for its name until the enter ends.
    if (leaveTo(late()) && !Held.isOn()) {
      phase = Phase.ENDED;
    }
    letGo();
  }

  @Override
  void giveUp(Request asked) {
    // After a bound on the enter there is no body that could be overtaken.
    if (!leaveEnter(asked)
        && asked.by != Request.By.BOUND
        && PHASE.compareAndSet(this, Phase.BODY, Phase.OVERLAPPING)) {
      String name = name();
      Report.send(
          Report.Kind.OVERLAP,
          name,
          "the exit begins although the body still runs: it did not end within "
              + settings().grace(),
          asked.reason);
      exitWithoutBody(new ExitCase.Cancelled(asked.reason, true, ExitCase.UNBOUNDED), name);
    }
  }

  /** Exits although what the body returned has not ended, which calls this use as it does. */
  private void exitWithoutBody(ExitCase ending, String name) {
    how = ending;
    if (leaveTo(late(name))) {
      phase = Phase.EXITING;
    }
    awaitingNothing();
    CompletionStage<?> exit = exit();
    if (exit != null) {
      StageEnd.<@Nullable Object>hear(exit, this::exited);
    }
  }

  @Override
  void tellContext(Throwable reason) {
    if (phase == Phase.BODY) {
      Stages.asked(context, reason);
    }
  }

  /** {@return what is left to do when the stage ends that was given up} */
  private Late late() {
    return phase == Phase.ORPHANED
        ? new Late.Enter(manager(), settings(), reason(), context)
        : late(settings().named(manager()));
  }

  private Late late(Object name) {
    return new Late.Running(name, settings(), reason(), new WeakReference<>(own()));
  }

  private @Nullable CompletionStage<?> endedLate(
      @Nullable Object result, @Nullable Throwable error) {
    if (error != null && Failures.told(error) == failure()) {
      HeldContext.ended(context); // what was awaited has heard of this use's own end
    } else if (isGivenUp()) {
      late().ended(result, error);
    }
    return null;
  }

  /** {@return why a stage was given up: what was asked for, or what this use fails with} */
  private Throwable reason() {
    Request asked = request();
    if (asked != null) {
      return asked.reason;
    }
    Throwable ending = how.error();
    return Objects.requireNonNull(ending == null ? failure() : ending);
  }

  @Override
  String name() {
    var named = manager;
    // Guard against race with the end: a timer may still ask for the name.
    return settings().nameOf(named == null ? "a use that has ended" : named);
  }

  private AsyncContextManager<T> manager() {
    return Objects.requireNonNull(manager);
  }

  private AsyncContext<? extends T> held() {
    return Objects.requireNonNull(context);
  }
}
