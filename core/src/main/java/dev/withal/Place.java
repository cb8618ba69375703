package dev.withal;

import dev.withal.internal.Span;
import dev.withal.internal.Tracer;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.WeakReference;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A place on a stack, and the one below it.
 *
 * <p>Design: the place of an asynchronous enter is empty until the first of two fills it: the enter
 * with what it came to, or the exit with an {@link Entering}, which waits for the enter.
 */
final class Place {
  /** What an enter that failed leaves. */
  static final AsyncContext<?> NOTHING = FunctionContext.owingNothing("nothing", "");

  /** The head of a stack whose exit has begun. */
  static final Place CLOSED =
      new Place(null, NOTHING, null, new Owner(null, new Completed<>(null)));

  private static final VarHandle CONTEXT;

  static {
    try {
      CONTEXT = MethodHandles.lookup().findVarHandle(Place.class, "context", AsyncContext.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  final @Nullable Place below;
  final Owner owner;

  /** What enters or has entered here; null where something was put that was open before. */
  private final @Nullable AsyncContextManager<?> manager;

  /** Null as long as the enter has not returned. */
  private volatile @Nullable AsyncContext<?> context;

  Place(
      @Nullable AsyncContextManager<?> manager,
      @Nullable AsyncContext<?> context,
      @Nullable Place below,
      Owner owner) {
    this.manager = manager;
    this.context = context;
    this.below = below;
    this.owner = owner;
    Recorded.onStack(this, context);
  }

  /** {@return what is to be exited: if the enter has not returned yet, what waits for it} */
  AsyncContext<?> context() {
    AsyncContext<?> held = context;
    if (held == null) {
      // Guard against race with the enter: the first of the two fills the place.
      var pending = new Entering<>(Objects.requireNonNull(manager), this);
      held = (AsyncContext<?>) CONTEXT.compareAndExchange(this, null, pending);
      held = held == null ? pending : held;
    }
    return held;
  }

  /**
   * {@return what is to be exited now} If that still enters, so may others below: all are asked to
   * end at once, so that their grace periods pass at the same time.
   */
  AsyncContext<?> toExit() {
    AsyncContext<?> held = context();
    if (held instanceof Entering<?> pending && pending.isWanted()) {
      for (Place at = this; at != null; at = at.below) {
        if (at.context() instanceof Entering<?> entering) {
          entering.stackCloses();
        }
      }
    }
    return held;
  }

  /** {@return what reports call what is here, by what it prints} */
  Object named() {
    return manager == null ? context() : manager;
  }

  /** Fills the place. {@return whether the exit had not done so before} */
  private boolean fill(AsyncContext<?> entered) {
    boolean first = CONTEXT.compareAndSet(this, null, entered);
    if (first) {
      Recorded.onStack(this, entered);
      Stages.onLoss(entered, owner.over, owner::lost);
    }
    return first;
  }

  /** What enters or has entered here is told of a request, unless the enter is yet to return. */
  void asked(Throwable reason) {
    AsyncContext<?> held = context;
    if (held != null) {
      BodyNews.asked(held, reason);
    }
  }

  /** Enters into this place. {@return a future of the value} */
  <T extends @Nullable Object> CompletableFuture<T> enter(AsyncContextManager<T> manager) {
    CompletionStage<?> entering;
    AsyncContext<? extends T> context = null;
    Span span =
        Tracer.isOn() ? Inside.begin(null, Configured.settings(manager).named(manager)) : null;
    try {
      entering = Inside.enter(span, manager);
      if (Stages.hasValue(entering)) {
        context = Stages.context(manager, Stages.value(entering));
        Recorded.named(Objects.requireNonNull(context, Stages.NO_CONTEXT), Settings.DEFAULT, span);
      }
    } catch (Throwable error) {
      if (span != null) {
        span.ended(manager, error);
      }
      return fill(NOTHING)
          ? CompletableFuture.failedFuture(Failures.unwrap(error, Thread.currentThread()))
          : waiting(manager).arrive(null, error);
    }
    if (context == null) {
      return waiting(manager).await(entering, span);
    }
    boolean first;
    try {
      first = fill(context);
    } catch (Throwable error) {
      return CompletableFuture.failedFuture(error); // it can't tell of its loss; it is on the stack
    }
    return first ? Stages.valueOf(context) : waiting(manager).arrive(context, null);
  }

  /** {@return what waits for the enter in this place, whoever of enter and exit put it there} */
  @SuppressWarnings("unchecked") // it was made with this manager
  private <T extends @Nullable Object> Entering<T> waiting(AsyncContextManager<T> manager) {
    var pending = new Entering<>(manager, this);
    return fill(pending) ? pending : (Entering<T>) context();
  }

  /** The places from the top on belong to another stack now. */
  static void moved(@Nullable Place top, AsyncExitStack heir, CompletableFuture<?> lost) {
    if (top != null) {
      top.owner.become(heir, lost);
    }
  }

  /** {@return the stack that exits this, if a run may close it} */
  @Nullable AsyncExitStack stack() {
    return owner.stack();
  }

  /** The stack that owns the places now, to which the loss of a context's value is told. */
  static final class Owner {
    private volatile CompletableFuture<?> lost;

    /**
     * The stack, if it may be left to a run; weakly while somebody traces, as then it is a leak
     * once nobody else has it. Null otherwise, and when the places have been exited.
     */
    private volatile @Nullable Object stack;

    private volatile @Nullable Throwable reason;

    /** Done when the places have been exited: what tells a loss may live on. */
    final CompletableFuture<@Nullable Void> over = new CompletableFuture<>();

    Owner(@Nullable AsyncExitStack stack, CompletableFuture<?> lost) {
      this.lost = lost;
      this.stack = left(stack);
    }

    private static @Nullable Object left(@Nullable AsyncExitStack stack) {
      return stack == null || stack.opener == null
          ? null
          : Tracer.isOn() ? new WeakReference<>(stack) : stack;
    }

    private @Nullable AsyncExitStack stack() {
      return (AsyncExitStack) (stack instanceof WeakReference<?> weak ? weak.get() : stack);
    }

    /** All places have been exited. */
    void isOver() {
      over.complete(null);
      stack = null;
    }

    void lost(Throwable why) {
      reason = why;
      lost.completeExceptionally(why);
    }

    private void become(AsyncExitStack next, CompletableFuture<?> heir) {
      stack = left(next);
      lost = heir;
      // Guard against race with a loss, which may have found the stack before.
      Throwable why = reason;
      if (why != null) {
        heir.completeExceptionally(why);
      }
    }
  }
}
