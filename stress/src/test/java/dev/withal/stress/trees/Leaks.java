package dev.withal.stress.trees;

import dev.withal.internal.Held;
import dev.withal.testkit.VirtualTime;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;

/** Sees what a tree leaves behind: contexts, threads and timers. */
final class Leaks implements Held.Watcher {
  private final IdentityHashMap<Held.Entry, Integer> exits = new IdentityHashMap<>();

  @Override
  public synchronized void entered(Held.Entry entry) {
    exits.putIfAbsent(entry, 0);
  }

  @Override
  public synchronized void exiting(Held.Entry entry) {
    exits.merge(entry, 1, Integer::sum);
  }

  /** {@return a line for each thing that was left behind} */
  synchronized List<String> lines(VirtualTime time) {
    var lines = new ArrayList<String>();
    exits.forEach((entry, times) -> {
      if (times != 1) {
        lines.add(entry.name() + " was exited " + times + " times");
      }
    });
    if (time.runningThreads() > 0) {
      lines.add(time.runningThreads() + " threads were left behind");
    }
    if (time.pendingTimers() > 0) {
      lines.add(time.pendingTimers() + " timers were left behind");
    }
    return lines;
  }
}
