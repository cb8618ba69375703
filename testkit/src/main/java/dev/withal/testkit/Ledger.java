package dev.withal.testkit;

import dev.withal.internal.Held;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How often each context was entered and exited, as core tells it. */
final class Ledger implements Held.Watcher, AutoCloseable {

  private final IdentityHashMap<Object, Integer> exits = new IdentityHashMap<>();
  private final Held.@Nullable Watcher outer;

  private Ledger(Held.@Nullable Watcher outer) {
    this.outer = outer;
  }

  /** {@return a ledger that is told of contexts until it is closed, beside the one told so far} */
  static Ledger open() {
    var ledger = new Ledger(Held.watcher());
    Held.replace(ledger.outer, ledger);
    return ledger;
  }

  @Override
  public void close() {
    Held.replace(this, outer);
  }

  @Override
  public synchronized void entered(Object context) {
    exits.putIfAbsent(context, 0);
    if (outer != null) {
      outer.entered(context);
    }
  }

  @Override
  public synchronized void exited(Object context) {
    exits.merge(context, 1, Integer::sum);
    if (outer != null) {
      outer.exited(context);
    }
  }

  /** {@return a sentence for each context that was not exited exactly once} */
  synchronized List<String> faults() {
    var faults = new ArrayList<String>();
    exits.forEach((context, times) -> {
      if (times != 1) {
        faults.add(context + " was entered once and exited " + times + " times");
      }
    });
    return faults;
  }
}
