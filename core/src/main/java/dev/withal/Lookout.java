package dev.withal;

import dev.withal.internal.Time;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Looks at something from time to time, while there is something to look at. */
final class Lookout {
  private final Duration interval;
  private final BooleanSupplier look;

  /** The time whose timer will look next; null if none is set. */
  private final AtomicReference<@Nullable Time> looking = new AtomicReference<>();

  /**
   * Makes one that isn't looking yet.
   *
   * @param look looks, and returns whether to look again
   */
  Lookout(Duration interval, BooleanSupplier look) {
    this.interval = interval;
    this.look = look;
  }

  /** There is something to look at. */
  void wake() {
    Time time = Time.current();
    Time before = looking.get();
    if (before != time && looking.compareAndSet(before, time)) {
      try {
        time.watch(interval, this::look);
      } catch (Throwable broken) {
        // A clock that fails must not get in the way of an exit (L15); the next one tries again.
        looking.set(null);
        Report.send(
            Report.Kind.FAILED_CALLBACK,
            "the clock",
            "a timer could not be set, so what is slow may not be reported",
            broken);
      }
    }
  }

  private void look() {
    // Before the look: whoever comes after it finds that nobody will look.
    looking.set(null);
    if (look.getAsBoolean()) {
      wake();
    }
  }
}
