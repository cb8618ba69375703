package dev.withal;

import dev.withal.internal.Held;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
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
    implements AsyncContext<T>, Stages.HearsRequests {

  /** The exits that the calling thread is in; what is entered in there belongs to an exit. */
  private static final ThreadLocal<int[]> EXITS = ThreadLocal.withInitial(() -> new int[1]);

  /** What is called so that has ended. */
  private static final String ENDED = "an exited context";

  private static final VarHandle HOLDER;
  private static final VarHandle EXITING;

  static {
    try {
      HOLDER = MethodHandles.lookup().findVarHandle(HeldContext.class, "holder", Object.class);
      EXITING = MethodHandles.lookup().findVarHandle(HeldContext.class, "exiting", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** Null while it is entered, and once it has ended. */
  private @Nullable AsyncContext<? extends T> context;

  /** The use that exits it and can be asked to; else whatever is called as messages call it. */
  private volatile Object holder;

  /** The thread that entered it, and in direct style exits it; null once it has ended. */
  private @Nullable Thread thread = Thread.currentThread();

  /** Whether an exit entered it, which no request to end reaches (L9). */
  private boolean shielded;

  /** Whether it is recorded for its exit alone, as contexts were not when it was entered. */
  private boolean forItsExit;

  private volatile boolean exiting;

  @SuppressWarnings("NullAway") // set by its handle
  private HeldContext(@Nullable AsyncContext<? extends T> context, Object holder) {
    this.context = context;
    // Without a barrier, as its record publishes it.
    HOLDER.set(this, holder);
  }

  /** {@return the context, recorded if contexts are} */
  static <T extends @Nullable Object> AsyncContext<? extends T> entered(
      AsyncContext<? extends T> context, Object named) {
    if (!Held.isOn() || context instanceof HeldContext<?> || isEntered(context)) {
      return context;
    }
    var held = new HeldContext<T>(context, named);
    held.shielded = EXITS.get()[0] > 0;
    Held.entered(held);
    return held;
  }

  /** What a stack puts in the place of an enter is no context of its own. */
  private static boolean isEntered(AsyncContext<?> context) {
    return context == Place.NOTHING || context instanceof Entering<?>;
  }

  /** {@return a use that waits for its enter, in the record if contexts are} */
  static <T extends @Nullable Object> @Nullable AsyncContext<? extends T> entering(
      GracedFuture<?> use) {
    if (!Held.isOn()) {
      return null;
    }
    var entering = new HeldContext<T>(null, use);
    entering.shielded = EXITS.get()[0] > 0;
    Held.add(entering);
    return entering;
  }

  /** {@return a context whose exit is pending, recorded} */
  static <T extends @Nullable Object> AsyncContext<? extends T> exitPending(
      AsyncContext<? extends T> context, Object named) {
    HeldContext<T> held;
    if (context instanceof HeldContext<? extends T> recorded) {
      SlowExits.look();
      return recorded;
    }
    held = new HeldContext<>(context, named);
    held.exiting = true;
    held.forItsExit = true;
    Held.add(held);
    SlowExits.look();
    return held;
  }

  /** The use that exits the context, which it has waited for as {@code before}. */
  static void ownedBy(
      GracedFuture<?> use, AsyncContext<?> context, @Nullable AsyncContext<?> before) {
    if (context instanceof HeldContext<?> held) {
      HOLDER.setRelease(held, use);
      if (before instanceof HeldContext<?> entering) {
        held.shielded |= entering.shielded;
        held.enteredAt(entering.site());
      }
    }
    ended(before);
  }

  /** Where the enter of a context began that has ended elsewhere, if that is known. */
  static void enteredAt(@Nullable String site, @Nullable AsyncContext<?> context) {
    if (context instanceof HeldContext<?> held) {
      held.enteredAt(site);
    }
  }

  /** Under which name a context was entered, if there is one. */
  static void named(AsyncContext<?> context, Settings settings) {
    if (settings.name() != null && context instanceof HeldContext<?> held) {
      HOLDER.setRelease(held, settings.name());
    }
  }

  /** {@return whether an exit that needs no stage may begin: it is the first one} */
  static boolean beginsExit(AsyncContext<?> context) {
    return !(context instanceof HeldContext<?> held) || held.beginsExit();
  }

  /**
   * {@return whether this is the first exit} Guard against race with the end of the process, which
   * exits in main's place what a stack of main's holds, and the stack as well.
   */
  private boolean beginsExit() {
    boolean first;
    if (Shutdown.isUnderWay()) {
      first = !(boolean) EXITING.getAndSet(this, true);
    } else {
      first = !exiting;
      EXITING.setRelease(this, true);
    }
    Held.exiting(this);
    return first;
  }

  /** {@return the context itself} */
  static AsyncContext<?> plain(AsyncContext<?> context) {
    return context instanceof HeldContext<?> held ? held.context() : context;
  }

  /** The exit of a context has ended, or it need not be recorded any more. */
  static void ended(@Nullable AsyncContext<?> context) {
    if (context instanceof HeldContext<?> held) {
      Held.remove(held);
      // The record may keep it for a while, but nothing else.
      held.context = null;
      HOLDER.setRelease(held, ENDED);
      // A virtual thread keeps its task, which may be a step of the use.
      held.thread = null;
    }
  }

  /** Begins the exit. {@return its stage} */
  CompletionStage<?> exit(ExitCase how, Object by) {
    if (!beginsExit()) {
      return Verdict.PROPAGATE.now();
    }
    int[] exits = EXITS.get();
    exits[0]++;
    try {
      return Stages.exitUnread(context(), Shutdown.bounded(how), by);
    } finally {
      exits[0]--;
    }
  }

  /** {@return the use that can be asked to end it; null in direct style and on a stack} */
  @Nullable RequestFuture<?> owner() {
    return holder instanceof RequestFuture<?> use ? use : null;
  }

  /** Whether a request to end must not reach it, as an exit waits for it. */
  boolean isShielded() {
    return shielded || exiting;
  }

  /** {@return whether it is recorded for its exit alone} */
  boolean isForItsExit() {
    return forItsExit;
  }

  @Nullable Thread thread() {
    return thread;
  }

  private AsyncContext<? extends T> context() {
    return Objects.requireNonNull(context, "no context is held");
  }

  @Override
  public Object subject() {
    // A stack may be exited more than once: it answers each time.
    return context == null || context instanceof AsyncExitStack ? this : context;
  }

  @Override
  public Held.Step step() {
    if (context == null) {
      return Held.Step.ENTERING;
    }
    return exiting ? Held.Step.EXITING : Held.Step.BODY;
  }

  @Override
  public String name() {
    return holder instanceof GracedFuture<?> use ? use.name() : Report.nameOf(holder);
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
    AsyncContext<?> now = context;
    // Guard against race with the end of the exit, after which nothing is left to be told.
    if (now != null) {
      Stages.asked(now, reason);
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
