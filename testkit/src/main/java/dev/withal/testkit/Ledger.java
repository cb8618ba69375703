package dev.withal.testkit;

import dev.withal.internal.Held;
import dev.withal.internal.Site;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How often each context was entered and exited, as core reports it. */
final class Ledger implements Held.Watcher, AutoCloseable {
  /** Classes that run foreign code here, and whose own lines are uninformative. */
  private static final Set<Class<?>> RUNNERS =
      Set.of(
          Ledger.class, VirtualTime.class, VirtualClock.class, Tasks.class, ManualExecutor.class);

  /** By context: a context that is returned twice is one that may be exited once. */
  private final IdentityHashMap<Object, Tally> tallies = new IdentityHashMap<>();

  private final List<Held.Entry> entries = new ArrayList<>();

  /** An enter, with the number of its exits. */
  private record Tally(Held.Entry entry, int exits) {}

  private final @Nullable Class<?> test;

  private Ledger(@Nullable Class<?> test) {
    this.test = test;
  }

  /** {@return a ledger that records contexts until it is closed} */
  static Ledger open() {
    return open(new Ledger(null));
  }

  /** {@return the same for a test: it records the position in foreign code of each enter} */
  static Ledger ofTest(Class<?> test) {
    return open(new Ledger(test));
  }

  private static Ledger open(Ledger ledger) {
    Held.watch(ledger);
    return ledger;
  }

  /** Discards its records, so that the next test finds none of this one. */
  @Override
  public synchronized void close() {
    Held.unwatch(this);
    entries.forEach(Held::remove);
  }

  @Override
  public @Nullable String site() {
    return Site.here(type -> RUNNERS.contains(type.getNestHost()) || isBetween(type));
  }

  /**
   * Tests for classes between a test and core whose lines are uninformative: a module that is built
   * on core, whose tests are in its packages; Reactor, which subscribes for others.
   */
  private boolean isBetween(Class<?> type) {
    String name = type.getPackageName();
    return name.startsWith("reactor.core.")
        || (test != null
            && name.startsWith("dev.withal.")
            && !name.startsWith("dev.withal.examples.")
            && type.getProtectionDomain() != test.getProtectionDomain());
  }

  @Override
  public synchronized void entered(Held.Entry entry) {
    entries.add(entry);
    tallies.putIfAbsent(entry.subject(), new Tally(entry, 0));
  }

  @Override
  public synchronized void exiting(Held.Entry entry) {
    tallies.compute(
        entry.subject(),
        (ignored, before) ->
            before == null ? new Tally(entry, 1) : new Tally(before.entry, before.exits + 1));
  }

  /** {@return a sentence for each context that was not exited exactly once} */
  synchronized List<String> faults() {
    var faults = new ArrayList<String>();
    tallies.forEach((ignored, tally) -> {
      Held.Entry entry = tally.entry;
      int times = tally.exits;
      if (times != 1) {
        String site = entry.site();
        String where = site == null ? "" : ", at " + site + ",";
        faults.add(entry.name() + " was entered once" + where + " and exited " + times + " times");
      }
    });
    return faults;
  }
}
