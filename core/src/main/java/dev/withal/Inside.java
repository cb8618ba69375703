package dev.withal;

import dev.withal.internal.Site;
import dev.withal.internal.Span;
import dev.withal.internal.Tracer;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The part of a use that the calling thread runs now, where contexts are recorded: its exits, and,
 * for a tracer, the enter or body.
 *
 * <p>Design: what begins while a thread runs the function of a body, or an enter, is inside of it;
 * that is exact. Callbacks of our futures run what was put there by anybody, and exits complete
 * what others wait for: what begins in there may be inside of anything, so nothing is guessed.
 */
final class Inside {
  private static final ThreadLocal<Inside> OF_THREADS = ThreadLocal.withInitial(Inside::new);

  /** A body that wraps the one that was handed over. */
  interface Wraps {
    /** {@return that one, or another one around it} */
    Object wrapped();
  }

  /** An enter or a body. */
  @FunctionalInterface
  interface Code<R extends @Nullable Object, X extends Exception> {
    R run() throws X;
  }

  final Thread thread = Thread.currentThread();

  private int exits;
  private @Nullable Span span;

  /** The use of whose enter, body or exit the thread runs code of others; null if of none. */
  private @Nullable Span open;

  private Inside() {}

  static Inside ofThisThread() {
    return OF_THREADS.get();
  }

  /** {@return the same, without a look at what the thread carries if that is the one before} */
  static Inside ofThisThread(@Nullable Inside before) {
    return before != null && before.thread == Thread.currentThread() ? before : ofThisThread();
  }

  // ---- what begins -----------------------------------------------------------------------------

  /**
   * {@return what a tracer knows of a use that begins here; null if nobody traces}
   *
   * @param body what was handed over; null if it is entered without a body
   * @param named what knows its name; null if it was entered by somebody else
   */
  static @Nullable Span begin(@Nullable Object body, @Nullable Object named) {
    Tracer tracer = Tracer.current();
    if (tracer == null) {
      return null;
    }
    Inside here = ofThisThread();
    Span around = here.span;
    return tracer.begin(around, site(body, around), named);
  }

  /** {@return the same for an enter by hand; null as well if it is a part of another enter} */
  static @Nullable Span beginByHand() {
    Span around = ofThisThread().span;
    return around == null || around == Span.UNKNOWN || around.isEntered()
        ? begin(null, null)
        : null;
  }

  /** {@return the same for a part of what this thread enters; it may be entered anywhere} */
  static @Nullable Span part(AsyncContext<?> context) {
    Tracer tracer = Tracer.current();
    if (tracer == null || (context instanceof HeldContext<?> held && held.span() != null)) {
      return null;
    }
    Span around = ofThisThread().span;
    return around == null || around == Span.UNKNOWN || around.isEntered()
        ? tracer.begin(Span.UNKNOWN, null, null)
        : tracer.begin(around, around.site(), null);
  }

  /** {@return the line of the body; else that of what enters it as a part; else where this is} */
  private static @Nullable String site(@Nullable Object body, @Nullable Span around) {
    if (around != null && !around.isEntered() && around.site() != null) {
      return around.site();
    }
    Object inner = body;
    while (inner instanceof Wraps wrapping) {
      inner = wrapping.wrapped();
    }
    return inner == null ? Site.hereWhole() : Site.ofBody(inner.getClass());
  }

  /** Begins to enter. {@return its stage} */
  static CompletionStage<?> enter(@Nullable Span span, AsyncContextManager<?> manager) {
    return span == null ? Stages.enter(manager) : run(span, () -> Stages.enter(manager));
  }

  /** Runs an enter or a body: what begins meanwhile is a part of it. {@return what it returns} */
  static <R extends @Nullable Object, X extends Exception> R run(Span span, Code<R, X> code)
      throws X {
    Inside here = ofThisThread();
    Span outer = here.goIn(span);
    Runnable opened = here.open(span);
    try {
      return code.run();
    } finally {
      close(opened);
      here.goTo(outer);
    }
  }

  // ---- where the thread is ---------------------------------------------------------------------

  /** {@return what the thread runs; null if nothing of ours} */
  @Nullable Span span() {
    return span;
  }

  /** The thread runs an enter or a body. {@return what it ran before} */
  @Nullable Span goIn(Span inner) {
    Span outer = span;
    span = inner;
    return outer;
  }

  /** The thread goes on with what it ran before. */
  void goTo(@Nullable Span outer) {
    span = outer;
  }

  /** Runs callbacks, and what is inside of anything. */
  static void outside(Runnable callbacks) {
    Inside here = ofThisThread();
    Span outer = here.goIn(Span.UNKNOWN);
    Span opened = here.open;
    here.open = null;
    try {
      callbacks.run();
    } finally {
      here.open = opened;
      here.goTo(outer);
    }
  }

  /**
   * The thread begins to run code of others for a use.
   *
   * @param use that use; null for none
   * @return what ends that, for {@link #close}
   */
  @Nullable Runnable open(@Nullable Span use) {
    Runnable opened = use == null ? null : use.open();
    if (opened == null) {
      return null;
    }
    Span before = open;
    open = use;
    return () -> {
      open = before;
      opened.run();
    };
  }

  /** The same once more, inside of what replaced what the thread carries. */
  static @Nullable Runnable openAgain() {
    if (!Tracer.isOn()) {
      return null;
    }
    Inside here = ofThisThread();
    return here.open(here.open);
  }

  static void close(@Nullable Runnable opened) {
    if (opened != null) {
      opened.run();
    }
  }

  boolean isInAnExit() {
    return exits > 0;
  }

  @Nullable Span beginExit() {
    exits++;
    Span outer = span;
    if (outer != null || Tracer.isOn()) {
      goIn(Span.UNKNOWN);
    }
    return outer;
  }

  void endExit(@Nullable Span outer) {
    exits--;
    goTo(outer);
  }

  /** {@return how a body ended} */
  static Span.Outcome outcome(ExitCase how) {
    return switch (how) {
      case ExitCase.Succeeded ignored -> Span.Outcome.SUCCEEDED;
      case ExitCase.Failed ignored -> Span.Outcome.FAILED;
      case ExitCase.Cancelled ignored -> Span.Outcome.CANCELLED;
    };
  }
}
