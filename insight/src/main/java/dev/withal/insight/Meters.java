package dev.withal.insight;

import dev.withal.internal.Held;
import dev.withal.internal.Reporter;
import dev.withal.internal.Span;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A destination for measurements, independent of the library that records them. */
final class Meters {
  /** The contexts held under one name. */
  record Amount(long held, long entering, long oldestMillis) {
    Amount plus(Amount other) {
      return new Amount(
          held + other.held, entering + other.entering, Math.max(oldestMillis, other.oldestMillis));
    }
  }

  /** Hears of what is measured. It runs code of others, and may throw. */
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
      String name = snapshot.name(entry);
      var one =
          new Amount(
              isEntering ? 0 : 1,
              isEntering ? 1 : 0,
              span == null ? 0 : snapshot.age(span.begun()));
      // Asked last, as the name of one that ends meanwhile is gone.
      if (entry.isRecorded() && !UseSpan.hasLeaked(entry)) {
        byName.merge(name, one, Amount::plus);
      }
    }
    tell(byName);
  }

  static void tell(Map<String, Amount> byName) {
    Throwable failure = failureOf(listener -> listener.held(byName));
    if (failure != null) {
      Reporter.current()
          .report("FAILED_CALLBACK", "Insight", "measuring what is held failed", failure);
    }
  }

  /** Fails, rather than reports, if a listener does: its own report would come here again. */
  static void reported(String kind, String name) {
    Throwable failure = failureOf(listener -> listener.reported(kind, name));
    if (failure != null) {
      throw new IllegalStateException("a meter failed", failure);
    }
  }

  /** Tells all of them. {@return what one of them threw, with what others threw; else null} */
  private static @Nullable Throwable failureOf(Consumer<Listener> news) {
    Throwable failure = null;
    for (Listener listener : LISTENERS) {
      try {
        news.accept(listener);
      } catch (Throwable thrown) {
        if (failure == null) {
          failure = thrown;
        } else if (failure != thrown) {
          failure.addSuppressed(thrown);
        }
      }
    }
    return failure;
  }
}
