package dev.withal;

import dev.withal.internal.Held;
import dev.withal.internal.Span;
import dev.withal.internal.Tracer;
import org.jspecify.annotations.Nullable;

/**
 * A use in the frames of its thread, recorded while somebody traces: of a generator or a
 * synchronous manager in direct style, from the call to its end; a forked task, while it runs; and
 * an enter in direct style, until its context takes its place in the record.
 *
 * <p>It isn't for the end of the process, which can't reach into frames.
 */
final class HeldHere extends Held.Entry {
  private final Object named;
  private final Span span;

  /** The span that the thread was in before; it returns to it at the end. */
  private final @Nullable Span outer;

  private final @Nullable Runnable opened;

  private @Nullable Thread thread = Thread.currentThread();
  private Held.Step step = Held.Step.ENTERING;

  private HeldHere(Object named, Span span, @Nullable Span outer) {
    this.named = named;
    this.span = span;
    this.outer = outer;
    this.opened = Inside.ofThisThread().open(span);
  }

  /** {@return what begins to be entered, in the record if somebody traces; else null} */
  static @Nullable HeldHere begin(Object manager, Settings settings, Object body) {
    Span span = Tracer.isOn() ? Inside.begin(body, settings.named(manager)) : null;
    return span == null ? null : begin(settings.named(manager), span);
  }

  /** {@return what begins to be entered, in the record} */
  static HeldHere begin(Object named, Span span) {
    var held = new HeldHere(named, span, Inside.ofThisThread().goIn(span));
    held.take(span);
    Held.add(held);
    return held;
  }

  /** Runs the body. {@return its result} */
  <V extends @Nullable Object, R extends @Nullable Object> R run(
      Body<? super V, ? extends R, ?> body, V value) throws Exception {
    inBody();
    return body.apply(value);
  }

  /** The body begins. */
  void inBody() {
    step = Held.Step.BODY;
    span.entered();
  }

  /** The body has ended. */
  void exiting(ExitCase how) {
    step = Held.Step.EXITING;
    span.exiting(Inside.outcome(how), how.error());
    Inside.ofThisThread().goIn(Span.UNKNOWN);
  }

  /** All has ended. */
  void ended(@Nullable Throwable left) {
    leaveToContext();
    span.ended(named, left);
  }

  /** The context that was entered takes the place of this, or nothing does. */
  void leaveToContext() {
    Inside.close(opened);
    Inside.ofThisThread().goTo(outer);
    Held.remove(this);
    thread = null;
  }

  @Override
  public Object subject() {
    return this;
  }

  @Override
  public Object named() {
    return named;
  }

  @Override
  public String name() {
    return Report.nameOf(named);
  }

  @Override
  public Held.Step step() {
    return step;
  }

  @Override
  public @Nullable Thread thread() {
    return thread;
  }

  @Override
  public boolean isOnItsThread() {
    return true;
  }
}
