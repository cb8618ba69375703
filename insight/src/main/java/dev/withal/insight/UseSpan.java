package dev.withal.insight;

import dev.withal.internal.Held;
import dev.withal.internal.Span;
import org.jspecify.annotations.Nullable;

/** What Insight keeps of a use. */
class UseSpan extends Span {
  private volatile boolean warned;
  private volatile boolean leaked;

  UseSpan(@Nullable Span parent, @Nullable String site) {
    super(parent, site);
  }

  final boolean isWarned() {
    return warned;
  }

  /** {@return whether this is the first time that it is told as held for long} */
  final boolean warnsFirst() {
    boolean first = !warned;
    warned = true;
    return first;
  }

  void leak() {
    leaked = true;
  }

  static boolean hasLeaked(Held.Entry entry) {
    return entry.span() instanceof UseSpan span && span.leaked;
  }
}
