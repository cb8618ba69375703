package dev.withal.testkit;

import dev.withal.internal.Held;
import dev.withal.internal.Site;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How often each context was entered and exited, as core tells it. */
final class Ledger implements Held.Watcher, AutoCloseable {
  /** What runs code of others here, whose place says nothing. */
  private static final Set<Class<?>> RUNNERS =
      Set.of(
          Ledger.class, VirtualTime.class, VirtualClock.class, Tasks.class, ManualExecutor.class);

  /** Under the context: one that is handed out twice is one that may be exited once. */
  private final IdentityHashMap<Object, Tally> tallies = new IdentityHashMap<>();

  private final List<Held.Entry> entries = new ArrayList<>();

  /** An enter, and how often it was exited. */
  private record Tally(Held.Entry entry, int exits) {}

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
    entries.forEach(Held::remove);
  }

  @Override
  public @Nullable String site() {
    return Site.here(type -> RUNNERS.contains(type.getNestHost()));
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
        (_, before) ->
            before == null ? new Tally(entry, 1) : new Tally(before.entry, before.exits + 1));
  }

  /** {@return a sentence for each context that was not exited exactly once} */
  synchronized List<String> faults() {
    var faults = new ArrayList<String>();
    tallies.forEach((_, tally) -> {
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
