package dev.withal.insight;

import dev.withal.internal.Names;
import dev.withal.internal.Span;
import dev.withal.internal.Span.Outcome;
import org.jspecify.annotations.Nullable;

/** A use that Flight Recorder records: one event, committed at its end. */
final class RecordedUse implements UseListener {
  private final UseEvent event;
  private final long begun = System.nanoTime();
  private long entered;
  private long exiting;

  RecordedUse(@Nullable Span parent, UseEvent event) {
    this.event = event;
    event.parent = parent == null || parent == Span.UNKNOWN ? 0 : parent.id();
    event.enteredOn = Thread.currentThread();
    event.begin();
  }

  @Override
  public void entered() {
    entered = System.nanoTime();
  }

  @Override
  public void exiting() {
    exiting = System.nanoTime();
  }

  @Override
  public void ended(Span span, Object named) {
    event.end();
    if (!event.shouldCommit()) {
      return;
    }
    long end = System.nanoTime();
    long bodyBegan = entered == 0 ? end : entered;
    long exitBegan = exiting == 0 ? end : exiting;
    event.id = span.id();
    event.manager = Names.of(named);
    event.where = span.site();
    event.enter = bodyBegan - begun;
    event.body = exitBegan - bodyBegan;
    event.exit = end - exitBegan;
    Outcome outcome = span.outcome();
    event.outcome = outcome == null ? null : Text.of(outcome);
    Throwable error = span.error();
    event.error = error == null ? null : error.getClass().getName();
    event.commit();
  }
}
