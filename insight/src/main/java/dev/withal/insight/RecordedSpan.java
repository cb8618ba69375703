package dev.withal.insight;

import dev.withal.internal.Names;
import dev.withal.internal.Span;
import org.jspecify.annotations.Nullable;

/** What Insight keeps of a use that Flight Recorder records: one event, committed at its end. */
final class RecordedSpan extends UseSpan {
  private final UseEvent event;
  private final long begun = System.nanoTime();
  private long entered;
  private long exiting;

  RecordedSpan(@Nullable Span parent, @Nullable String site, UseEvent event) {
    super(parent, site);
    this.event = event;
    event.parent = parent == null || parent == Span.UNKNOWN ? 0 : parent.id();
    event.enteredOn = Thread.currentThread();
    event.begin();
  }

  @Override
  public void entered() {
    super.entered();
    entered = System.nanoTime();
  }

  @Override
  public void exiting(Outcome how, @Nullable Throwable reason) {
    super.exiting(how, reason);
    exiting = System.nanoTime();
  }

  @Override
  public void ended(Object named, @Nullable Throwable left) {
    super.ended(named, left);
    event.end();
    if (!event.shouldCommit()) {
      return;
    }
    long end = System.nanoTime();
    long bodyBegan = entered == 0 ? end : entered;
    long exitBegan = exiting == 0 ? end : exiting;
    event.id = id();
    event.manager = Names.of(named);
    event.where = site();
    event.enter = bodyBegan - begun;
    event.body = exitBegan - bodyBegan;
    event.exit = end - exitBegan;
    Outcome outcome = outcome();
    event.outcome = outcome == null ? null : Text.of(outcome);
    Throwable error = error();
    event.error = error == null ? null : error.getClass().getName();
    event.commit();
  }
}
