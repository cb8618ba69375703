package dev.withal;

import dev.withal.internal.Held;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The second half of a use in stage style: its exit, what it makes of the result, and what is left
 * to do when the use gives up what it waits for.
 *
 * <p>Design: {@code context}, {@code how} and {@code value} are written by whoever moves the phase
 * on, before or right after, and read in later phases. A use that has ended lets go of them: its
 * future may be kept for its result. What it has given up keeps only a {@link Late}.
 */
abstract sealed class UseExit<T extends @Nullable Object, R extends @Nullable Object>
    extends GracedFuture<R> permits Use {

  /** Null once all has ended that it may be needed for. */
  private @Nullable AsyncContextManager<T> manager;

  @Nullable AsyncContext<? extends T> context;
  ExitCase how = ExitCase.success();
  @Nullable R value;

  /** What the exits are told where the body ends as whoever exits the context made of it says. */
  volatile @Nullable ExitCase like;

  /** What the context handed out, from before the exit begins beside the body. */
  private @Nullable Supplier<@Nullable Object> ownOfOverlap;

  /** Whether an exit of this use, or of one that its body awaited, suppressed an error. */
  boolean hasSuppressed;

  UseExit(AsyncContextManager<T> manager, Settings settings, int since) {
    super(settings, since);
    this.manager = manager;
  }

  /** A stage that was awaited has ended. {@return what it was, or what was put in its place} */
  final @Nullable Object ended(@Nullable Throwable error) {
    Object before = takeAwaited(error);
    if (phase == Phase.BODY && before instanceof UseExit<?, ?> inner) {
      hasSuppressed = inner.hasSuppressed;
    }
    return before;
  }

  /**
   * Ends, with the body's value if the exit left no error and the caller asked for nothing. Nothing
   * else is kept from here on.
   */
  final void conclude(ExitCase after, @Nullable R value) {
    Request asked = request();
    letGo();
    if (asked != null) {
      Answer.give(this, asked, after);
    } else if (after.error() != null) {
      fail(after.error());
    } else {
      finish(value);
    }
  }

  /**
   * {@return how the body ended that was asked for this, or for nothing, and failed, or did not}
   */
  final ExitCase ending(@Nullable Request asked, @Nullable Throwable error) {
    if (asked != null && !(error instanceof OpenUse.EndedLike)) {
      return asked(asked, error);
    }
    ExitCase ending = error == null ? ExitCase.success() : Unwinding.ofBody(error, this);
    ExitCase told = like;
    return told == null ? ending : Unwinding.left(told, ending.error());
  }

  final @Nullable CompletionStage<?> exit() {
    since = SharedErrors.additions();
    try {
      CompletionStage<?> stage =
          Running.step(this, manager(), "exit", () -> Stages.exitUnread(held(), how, this));
      if (!Stages.hasValue(stage)) {
        context = Recorded.exitPending(held(), this);
      }
      return stage;
    } catch (Throwable error) {
      SharedErrors.thrown(error, since, this);
      return exited(null, error);
    }
  }

  final @Nullable CompletionStage<?> exited(@Nullable Object result, @Nullable Throwable error) {
    // An exit that began at once did so in the name of its context.
    takeOver(how.error());
    if (result instanceof ExitCase left) {
      takeOver(left.error());
    }
    ExitCase after =
        error == null
            ? Unwinding.after(how, Stages.read(held(), result), this)
            : Unwinding.afterFailure(how, error, this);
    boolean isSuppressed = BodyNews.hasSuppressed(held());
    hasSuppressed |= isSuppressed || (how.error() != null && after.error() == null);
    R given = value;
    if (given != null && (isSuppressed || after.error() != null)) {
      CompletionStage<?> next = drop(Phase.DROPPING_LAST, after, given);
      HeldContext.ended(held(), after.error());
      return next;
    }
    HeldContext.ended(held(), after.error());
    if (phase == Phase.EXITING) {
      PHASE.setRelease(this, Phase.ENDED);
    }
    conclude(after, given);
    return null;
  }

  /** What was held in the name of the context is this use's, also if its exit alone is recorded. */
  private void takeOver(@Nullable Throwable error) {
    SharedErrors.pass(error, held(), this);
    SharedErrors.pass(error, HeldContext.plain(held()), this);
  }

  @Override
  final void drop(@Nullable R value) {
    Dropped.exitLate(value, null, name(), settings(), new CancellationException("came too late"));
  }

  /** Releases a result that nobody will receive (L17). */
  final @Nullable CompletionStage<?> drop(Phase dropping, ExitCase ending, Object result) {
    phase = dropping;
    how = ending;
    value = null;
    return Dropped.exitAll(
        Dropped.owed(result, own(), settings().named(manager()), settings(), ending.error()),
        ending,
        this);
  }

  /** It is released, and goes on to the exit, or to the end. */
  final @Nullable CompletionStage<?> dropped(@Nullable Object left, @Nullable Throwable error) {
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
      Late.reportNoValue(named(), broken);
      return null;
    }
  }

  /** Keeps what a stage needs that was given up and ends at this very moment, but nothing else. */
  @Override
  void letGo() {
    if (phase != Phase.ORPHANED) {
      context = null;
    }
    value = null;
    how = ExitCase.success();
    if (like != null) {
      like = null;
    }
    if (!isGivenUp()) {
      manager = null;
      ownOfOverlap = null;
      super.letGo();
    }
  }

  @Override
  void orphaned() {
    // Where contexts are recorded, the record asks this use for its name until the enter ends.
    if (leaveTo(late()) && !Held.isOn()) {
      phase = Phase.ENDED;
    }
    letGo();
  }

  /** What was given up has ended: it is the last to ask this use for its name. */
  final void leftIsOver() {
    if (PHASE.compareAndSet(this, Phase.ORPHANED, Phase.ENDED)) {
      letGo();
    }
  }

  @Override
  final boolean isWork() {
    return OwnThread.isOfWork(settings());
  }

  @Override
  final boolean isEntering() {
    return phase == Phase.ENTERING;
  }

  @Override
  void giveUp(Request asked) {
    // After a bound on the enter there is no body that could be overtaken.
    if (!leaveEnter(asked) && asked.by != Request.By.BOUND && overtakesBody()) {
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

  /** Goes on beside the body. {@return whether it had not ended} */
  final boolean overtakesBody() {
    if (phase != Phase.BODY) {
      return false;
    }
    // Before the exit, which lets go of the context; the body may return after that.
    AsyncContext<? extends T> held = context;
    Throwable failure = null;
    try {
      ownOfOverlap = held == null ? null : Dropped.weakly(held.value());
    } catch (Throwable broken) {
      failure = broken;
    }
    boolean overtakes = PHASE.compareAndSet(this, Phase.BODY, Phase.OVERLAPPING);
    // Guard against race with the body's end, as after its exit a context has no value.
    if (failure != null && overtakes) {
      Late.reportNoValue(named(), failure);
    }
    return overtakes;
  }

  /** Exits although what the body returned has not ended, which calls this use as it does. */
  final void exitWithoutBody(ExitCase ending, String name) {
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
    Recorded.asked(context, reason);
    if (phase == Phase.BODY) {
      BodyNews.asked(context, reason);
    }
  }

  /** {@return what is left to do when the stage ends that was given up} */
  final Late late() {
    return phase == Phase.ORPHANED
        ? new Late.Enter(manager(), settings(), reason(), context)
        : late(settings().named(manager()));
  }

  private Late late(Object name) {
    var own = ownOfOverlap;
    return new Late.Running(name, settings(), reason(), own == null ? Dropped.weakly(own()) : own);
  }

  final @Nullable CompletionStage<?> endedLate(@Nullable Object result, @Nullable Throwable error) {
    if (error != null && Failures.told(error) == failure()) {
      HeldContext.ended(context, null); // what was awaited has heard of this use's own end
    } else if (isGivenUp()) {
      late().ended(result, error);
    }
    return null;
  }

  /** {@return why a stage was given up: what was asked for, or what this use fails with} */
  final Throwable reason() {
    Request asked = request();
    if (asked != null) {
      return asked.reason;
    }
    Throwable ending = how.error();
    return Objects.requireNonNull(ending == null ? failure() : ending);
  }

  @Override
  String name() {
    return Report.nameOf(named());
  }

  @Override
  Object named() {
    var named = manager;
    // Guard against race with the end: a timer may still ask for the name.
    return settings().named(named == null ? "a use that has ended" : named);
  }

  final AsyncContextManager<T> manager() {
    return Objects.requireNonNull(manager);
  }

  final AsyncContext<? extends T> held() {
    return Objects.requireNonNull(context);
  }
}
