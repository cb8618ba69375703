package dev.withal.testkit;

import dev.withal.internal.Held;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;

/** How often each context was entered and exited, as core tells it. */
final class Ledger implements Held.Watcher, AutoCloseable {
  private final IdentityHashMap<Held.Entry, Integer> exits = new IdentityHashMap<>();

  private Ledger() {}

  /** {@return a ledger that is told of contexts until it is closed} */
  static Ledger open() {
    var ledger = new Ledger();
    Held.watch(ledger);
    return ledger;
  }

  /** Forgets what it was told of, so that the next test finds nothing of this one. */
  @Override
  public synchronized void close() {
    Held.unwatch(this);
    exits.keySet().forEach(Held::remove);
  }

  @Override
  public synchronized void entered(Held.Entry entry) {
    exits.putIfAbsent(entry, 0);
  }

  @Override
  public synchronized void exiting(Held.Entry entry) {
    exits.merge(entry, 1, Integer::sum);
  }

  /** {@return a sentence for each context that was not exited exactly once} */
  synchronized List<String> faults() {
    var faults = new ArrayList<String>();
    exits.forEach((entry, times) -> {
      if (times != 1) {
        faults.add(entry.name() + " was entered once and exited " + times + " times");
      }
    });
    return faults;
  }
}
