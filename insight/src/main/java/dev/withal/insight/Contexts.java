package dev.withal.insight;

import dev.withal.internal.Held;
import java.util.concurrent.atomic.LongAdder;

/** Answers from the record of what is held. */
final class Contexts implements ContextsMXBean {
  private final LongAdder leaked = new LongAdder();

  void leaked(long more) {
    leaked.add(more);
  }

  void reset() {
    leaked.reset();
  }

  @Override
  public long getHeld() {
    var count = new long[1];
    if (Insight.isTracing()) {
      Held.forEach(entry -> {
        if (!UseSpan.hasLeaked(entry)) {
          count[0]++;
        }
      });
    }
    return count[0];
  }

  @Override
  public long getLeaked() {
    return leaked.sum();
  }

  @Override
  public String tree(int max) {
    return Tree.of(Snapshot.take()).text(atLeastOne(max));
  }

  @Override
  public String json(int max) {
    return JsonLines.of(Snapshot.take(), atLeastOne(max));
  }

  @Override
  public String leaks(int max) {
    return Leaks.json(atLeastOne(max));
  }

  private static int atLeastOne(int max) {
    if (max < 1) {
      throw new IllegalArgumentException("max must be at least 1, but is " + max);
    }
    return max;
  }
}
