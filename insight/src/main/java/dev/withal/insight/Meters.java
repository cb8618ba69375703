package dev.withal.insight;

import dev.withal.internal.Held;
import dev.withal.internal.Span;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** A destination for measurements, independent of the library that records them. */
final class Meters {
  /** The contexts held under one name. */
  record Amount(long held, long entering, long oldestMillis) {
    Amount plus(Amount other) {
      return new Amount(
          held + other.held, entering + other.entering, Math.max(oldestMillis, other.oldestMillis));
    }
  }

  /** Hears of what is measured. */
  interface Listener {
    /** The contexts held now, by name. */
    void held(Map<String, Amount> byName);

    /** Something was reported. */
    void reported(String kind, String name);
  }

  static final Map<String, Amount> NOTHING = Map.of();
  private static final List<Listener> LISTENERS = new CopyOnWriteArrayList<>();

  private Meters() {}

  static void listen(Listener listener) {
    LISTENERS.add(listener);
  }

  static void unlisten(Listener listener) {
    LISTENERS.remove(listener);
  }

  static void look() {
    if (LISTENERS.isEmpty()) {
      return;
    }
    Snapshot snapshot = Snapshot.take();
    var byName = new HashMap<String, Amount>();
    for (Held.Entry entry : snapshot.entries()) {
      Span span = entry.span();
      boolean isEntering = entry.step() == Held.Step.ENTERING;
      var one =
          new Amount(
              isEntering ? 0 : 1,
              isEntering ? 1 : 0,
              span == null ? 0 : snapshot.age(span.begun()));
      byName.merge(snapshot.name(entry), one, Amount::plus);
    }
    tell(byName);
  }

  static void tell(Map<String, Amount> byName) {
    for (Listener listener : LISTENERS) {
      listener.held(byName);
    }
  }

  static void reported(String kind, String name) {
    for (Listener listener : LISTENERS) {
      listener.reported(kind, name);
    }
  }
}
