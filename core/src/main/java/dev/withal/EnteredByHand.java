package dev.withal;

import dev.withal.internal.Grip;
import dev.withal.internal.Held;
import dev.withal.internal.Span;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A context that was entered by a call of {@code enterAsync}, while somebody traces: it does what
 * the context does, and tells the record.
 *
 * <p>Design: the record holds it weakly, so a context that its caller drops is found as a leak. An
 * enter inside of another one is a part of that and has none; and the engine, where it receives
 * one, {@linkplain #taken takes} the context out of it and records that as its own. It isn't for
 * the end of the process, which leaves such contexts to their callers.
 */
final class EnteredByHand<T extends @Nullable Object> implements AsyncContext<T>, Stages.TellsCase {
  private final AsyncContext<T> context;
  private final Entry entry;

  private EnteredByHand(AsyncContext<T> context, Object named, Span span, Thread caller) {
    this.context = context;
    this.entry = new Entry(this, named, span, caller);
  }

  /**
   * {@return the context that was entered, in the record}
   *
   * @param caller the thread that entered it; another one may have gone on with that
   */
  static <T extends @Nullable Object> AsyncContext<T> entered(
      AsyncContext<T> context, Object named, Span span, Thread caller) {
    if (!Held.isOn()) {
      return context;
    }
    span.entered();
    return new EnteredByHand<>(context, named, span, caller);
  }

  /** {@return the context itself, for the engine, which records it as its own} */
  @SuppressWarnings("unchecked") // it is of the context's type
  static <C extends @Nullable AsyncContext<?>> C taken(C context) {
    if (context instanceof EnteredByHand<?> byHand) {
      byHand.entry.forget();
      return (C) byHand.context;
    }
    return context;
  }

  @Override
  public T value() {
    return context.value();
  }

  @Override
  public @Nullable CompletionStage<?> lost() {
    return context.lost();
  }

  @Override
  public CompletionStage<Verdict> exitAsync(ExitCase how) {
    return exiting(how, () -> context.exitAsync(how));
  }

  @Override
  public CompletionStage<ExitCase> exitCase(ExitCase how, Object by) {
    return exiting(
        how,
        () ->
            Stages.future(Stages.exitInside(context, how, by))
                .thenApply(answer -> Unwinding.after(how, answer, by)));
  }

  /** {@return the exit's stage as it is: null and broken ones are the caller's business} */
  private <S extends @Nullable CompletionStage<?>> S exiting(ExitCase how, Supplier<S> exit) {
    entry.exiting(how);
    S stage;
    try {
      stage = exit.get();
    } catch (Throwable error) {
      entry.ended(error);
      throw error;
    }
    if (stage == null) {
      entry.ended(null);
    } else {
      StageEnd.<@Nullable Object>hear(stage, (ignored, error) -> entry.ended(error));
    }
    return stage;
  }

  @Override
  public String toString() {
    return Report.nameOf(context);
  }

  /** Its entry, which doesn't keep it. */
  private static final class Entry extends Held.Entry {
    private final Object named;
    private final Span span;
    private final Grip grip;
    private volatile @Nullable Thread thread;
    private volatile boolean exiting;

    Entry(Object holder, Object named, Span span, Thread caller) {
      this.named = named;
      this.span = span;
      this.thread = caller;
      this.grip = new Grip(holder, this, named);
      take(span);
      Held.add(this);
    }

    void exiting(ExitCase how) {
      if (!isRecorded()) {
        return; // exited before, or taken by the engine
      }
      span.exiting(Inside.outcome(how), how.error());
      exiting = true;
      // From here on the exit's end is what is waited for.
      grip.end();
    }

    @Nullable Void ended(@Nullable Throwable left) {
      if (isRecorded()) {
        forget();
        span.ended(named, left);
      }
      return null;
    }

    @Override
    public void forget() {
      grip.end();
      Held.remove(this);
      thread = null;
    }

    @Override
    public boolean isLostWithItsHolder() {
      return true;
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
      return exiting ? Held.Step.EXITING : Held.Step.BODY;
    }

    @Override
    public @Nullable Thread thread() {
      return thread;
    }
  }
}
