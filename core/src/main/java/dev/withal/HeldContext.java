package dev.withal;

import dev.withal.internal.Grip;
import dev.withal.internal.HearsOfBody;
import dev.withal.internal.Held;
import dev.withal.internal.Span;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A context in the record of what is held: from its enter to the end of its exit where contexts are
 * recorded, else while its exit is pending. Also a use that waits for its enter, which has no
 * context yet.
 *
 * <p>Design: it stands in for the context from where an enter's result is read ({@link
 * Stages#context}) to where its exit begins ({@link Stages#exitUnread}), so that nobody in between
 * need know whether contexts are recorded. Whoever waits for the exit says by {@link #ended} that
 * it has ended.
 */
final class HeldContext<T extends @Nullable Object> extends Held.Entry
    implements AsyncContext<T>, HearsOfBody {

  /** What is called so that has ended. */
  private static final String ENDED = "an exited context";

  private static final VarHandle HOLDER;
  private static final VarHandle EXITING;
  private static final VarHandle CALLED;

  static {
    try {
      HOLDER = MethodHandles.lookup().findVarHandle(HeldContext.class, "holder", Object.class);
      EXITING = MethodHandles.lookup().findVarHandle(HeldContext.class, "exiting", boolean.class);
      CALLED = MethodHandles.lookup().findVarHandle(HeldContext.class, "isCalled", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** Null while it is entered, and once it has ended. */
  @Nullable AsyncContext<? extends T> context;

  /**
   * The use that exits it and can be asked to; else whatever is called as messages call it. While
   * somebody traces, a use and a place on a stack are held by a {@link Grip}.
   */
  private volatile Object holder;

  /** The place on a stack that it is exited from; null on none, and where a grip holds that. */
  @Nullable Place place;

  /** What the thread runs that entered it, and in direct style exits it; null once it has ended. */
  private @Nullable Inside inside;

  /** Whether an exit entered it, which no request to end reaches (L9). */
  boolean shielded;

  /** Whether it is recorded for its exit alone, as contexts were not when it was entered. */
  boolean forItsExit;

  /** Whether its thread is in its body, or was, and exits it. */
  private boolean onItsThread;

  /** Whether a body in stage style has been called: it has a use to ask by the time it returns. */
  volatile boolean isCalled;

  /** Whether a use exits it that is held by a grip. */
  private boolean isOfAUse;

  volatile boolean exiting;

  @SuppressWarnings("NullAway") // set by its handle
  HeldContext(@Nullable AsyncContext<? extends T> context, Object holder) {
    this.context = context;
    // Without a barrier, as its record publishes it.
    HOLDER.set(this, holder);
    Inside here = Inside.ofThisThread();
    this.inside = here;
    this.shielded = here.isInAnExit();
  }

  void isHeldBy(Object now) {
    HOLDER.setRelease(this, now);
  }

  boolean isGripped() {
    return holder instanceof Grip;
  }

  /** Is exited by somebody, whose end is that of this. */
  void heldBy(Object who, Object named) {
    if (holder instanceof Grip before) {
      before.end();
    }
    isOfAUse = who instanceof GracedFuture<?>;
    isHeldBy(new Grip(who, this, named));
  }

  /**
   * {@return the stack that exits it, if that was opened by hand while a run was under way; null if
   * not}
   */
  @Nullable AsyncExitStack stack() {
    return (place == null ? held() : place) instanceof Place on ? on.stack() : null;
  }

  void isNamed(Settings settings, @Nullable Span span) {
    if (settings.name() != null) {
      isHeldBy(settings.name());
    }
    if (span != null) {
      take(span);
      span.entered();
    }
  }

  /**
   * {@return what is done when the exit of this has begun: that of its use, and longer than that}
   */
  CompletableFuture<?> over() {
    return holder instanceof Grip grip ? grip.over() : new Completed<>(null);
  }

  /** The value is lost: its use is asked to end, or if there is none any more, this is exited. */
  void lose(Throwable reason) {
    RequestFuture<?> use = owner();
    if (use != null) {
      use.ask(RequestFuture.Request.loss(reason));
      return;
    }
    exitForItsUse(reason);
  }

  /** Exits this in place of a use that nobody could end, and that was collected. */
  void exitForItsUse(Throwable reason) {
    if (isOfAUse && isLeaked() && context != null && !exiting) {
      Late.exit(named(), this, null, ExitCase.cancelled(reason));
    }
  }

  /** {@return whether who could end it was collected} */
  boolean isLeaked() {
    return holder instanceof Grip grip && grip.refersTo(null);
  }

  /** Begins a body in here. {@return its stage} */
  <R extends @Nullable Object> @Nullable CompletionStage<? extends R> begin(
      AsyncBody<? super T, ? extends R> body, T value) throws Exception {
    CALLED.setRelease(this, true);
    Span span = span();
    return span == null ? body.apply(value) : Inside.run(span, () -> body.apply(value));
  }

  /** Runs a body in here. {@return its result} */
  <V extends @Nullable Object, R extends @Nullable Object> R run(
      Body<? super V, ? extends R, ?> body, V value) throws Exception {
    Span span = span();
    onItsThread = span != null;
    return span == null ? body.apply(value) : Inside.run(span, () -> body.apply(value));
  }

  /** {@return whether an exit that needs no stage may begin: it is the first one} */
  static boolean beginsExit(AsyncContext<?> context, ExitCase how) {
    return !(context instanceof HeldContext<?> held) || held.beginsExit(how);
  }

  /**
   * {@return whether this is the first exit} Guard against race with the end of the process, which
   * exits in main's place what a stack of main's holds, and the stack as well.
   */
  boolean beginsExit(ExitCase how) {
    boolean first = Shutdown.isUnderWay() ? !(boolean) EXITING.getAndSet(this, true) : !exiting;
    EXITING.setRelease(this, true);
    Span span = span();
    if (span != null && first) {
      span.exiting(Inside.outcome(how), how.error());
      if (!isOfAUse && holder instanceof Grip grip) {
        // From here on the exit's end is what is waited for.
        HOLDER.setRelease(this, grip.named());
        grip.end();
      }
    }
    Held.exiting(this);
    return first;
  }

  /** {@return the context itself} */
  static AsyncContext<?> plain(AsyncContext<?> context) {
    return context instanceof HeldContext<?> held ? held.context() : context;
  }

  /**
   * The exit of a context has ended, or it need not be recorded any more.
   *
   * @param left the error that the exit left, or why it wasn't entered; null if there is none
   */
  static void ended(@Nullable AsyncContext<?> context, @Nullable Throwable left) {
    if (context instanceof HeldContext<?> held) {
      held.end(left);
    }
  }

  private void end(@Nullable Throwable left) {
    Span span = span();
    if (span != null && holder != ENDED) {
      span.ended(named(), left);
    }
    forget();
  }

  @Override
  public void forget() {
    if (holder instanceof Grip grip) {
      grip.end();
    }
    Held.remove(this);
    // The record may keep it for a while, but nothing else.
    context = null;
    place = null;
    HOLDER.setRelease(this, ENDED);
    // A virtual thread keeps its task, which may be a step of the use.
    inside = null;
  }

  /** Begins the exit. {@return its stage} */
  CompletionStage<?> exit(ExitCase how, Object by) {
    if (!beginsExit(how)) {
      return Verdict.PROPAGATE.now();
    }
    Inside here = Inside.ofThisThread(inside);
    Span outer = here.beginExit();
    Runnable opened = here.open(span());
    try {
      return Stages.exitUnread(context(), Shutdown.bounded(how), by);
    } finally {
      Inside.close(opened);
      here.endExit(outer);
    }
  }

  /** {@return the use that can be asked to end it; null in direct style and on a stack} */
  @Nullable RequestFuture<?> owner() {
    return held() instanceof RequestFuture<?> use ? use : null;
  }

  /** {@return who holds it; null if that was collected} */
  private @Nullable Object held() {
    Object now = holder;
    return now instanceof Grip grip ? grip.get() : now;
  }

  /** Whether a request to end must not reach it, as an exit waits for it. */
  boolean isShielded() {
    return shielded || exiting;
  }

  @Override
  public @Nullable Thread thread() {
    Inside entered = inside;
    return entered == null ? null : entered.thread;
  }

  @Override
  public boolean isOnItsThread() {
    return onItsThread;
  }

  @Override
  public Object named() {
    return switch (holder) {
      case Grip grip -> grip.named();
      case GracedFuture<?> use -> use.named();
      case Object named -> named;
    };
  }

  @Override
  public Held.@Nullable Entry awaited() {
    RequestFuture<?> at = owner();
    at = at == null ? null : at.awaitedUse();
    while (at != null && !(at instanceof UseExit<?, ?>)) {
      at = at.awaitedUse();
    }
    return at instanceof UseExit<?, ?> use && use.context instanceof HeldContext<?> inner
        ? inner
        : null;
  }

  private AsyncContext<? extends T> context() {
    AsyncContext<? extends T> now = context;
    if (now == null) {
      // Guard against race with the exit at the end of the grace period: it may come after the
      // body's turn and before its first step, which doesn't begin then.
      throw new CancellationException("the context has been exited");
    }
    return now;
  }

  @Override
  public Object subject() {
    // A stack may be exited more than once: it answers each time.
    return context == null || context instanceof AsyncExitStack ? this : context;
  }

  @Override
  public Held.Step step() {
    return context == null ? Held.Step.ENTERING : exiting ? Held.Step.EXITING : Held.Step.BODY;
  }

  @Override
  public String name() {
    return held() instanceof GracedFuture<?> use ? use.name() : Report.nameOf(named());
  }

  @Override
  public T value() {
    return context().value();
  }

  @Override
  public @Nullable CompletionStage<?> lost() {
    return context().lost();
  }

  @Override
  public void asked(Throwable reason) {
    // Null once the exit has ended: then nothing is left to be told.
    BodyNews.asked(context, reason);
  }

  @Override
  public boolean hasSuppressed() {
    return BodyNews.hasSuppressed(context);
  }

  @Override
  public void letGo() {
    AsyncContext<? extends T> now = context;
    if (now instanceof HearsOfBody ours) {
      ours.letGo();
    } else if (now != null && !(now instanceof AsyncExitStack)) {
      // Guard against race with the end of the exit, which leaves nothing: either will do.
      context = FunctionContext.withoutValue(now, name());
    }
  }

  @Override
  public CompletionStage<Verdict> exitAsync(ExitCase how) {
    return context().exitAsync(how);
  }

  @Override
  public String toString() {
    AsyncContext<?> held = context;
    return held == null ? name() : Report.nameOf(held);
  }
}
