package dev.withal.r2dbc;

import java.util.concurrent.atomic.AtomicLong;

/** The number of elements that have been requested and haven't come. */
final class Demand {
  private final AtomicLong due = new AtomicLong();

  /** Counts a request; an invalid one is left to the publisher to refuse. */
  void add(long elements) {
    if (elements > 0) {
      due.getAndUpdate(before -> before + elements < 0 ? Long.MAX_VALUE : before + elements);
    }
  }

  /** Counts an element; an unbounded demand stays unbounded (§3.17). */
  void met() {
    due.getAndUpdate(before -> before == Long.MAX_VALUE ? before : before - 1);
  }

  /** {@return whether there will be another signal} */
  boolean isDue() {
    return due.get() > 0;
  }
}
