package dev.withal;

import dev.withal.internal.Forked;
import dev.withal.internal.Span;
import dev.withal.internal.Tracer;

/**
 * A forked task as one who traces sees it: from its first step to the end of its work, inside of
 * what its beginner was in.
 */
final class TracedTask implements Runnable {
  private static final Object NAME = "task";

  private final Forked task;
  private final Span span;

  private TracedTask(Forked task, Span span) {
    this.task = task;
    this.span = span;
  }

  /** {@return the task, in the record while it runs if somebody traces now} */
  static Runnable of(Runnable task) {
    if (!(task instanceof Forked forked) || !Tracer.isOn()) {
      return task;
    }
    Span span = Inside.begin(forked.body(), NAME);
    return span == null ? task : new TracedTask(forked, span);
  }

  @Override
  public void run() {
    Inside here = Inside.ofThisThread();
    // What hears of its end goes on here, and belongs to others.
    Span outer = here.goIn(Span.UNKNOWN);
    HeldHere held = HeldHere.begin(NAME, span);
    held.inBody();
    try {
      task.run(error -> {
        held.exiting(error == null ? ExitCase.success() : ExitCase.of(error));
        held.ended(error);
      });
    } finally {
      here.goTo(outer);
    }
  }
}
