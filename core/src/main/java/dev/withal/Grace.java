package dev.withal;

import dev.withal.internal.Time;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Bounds on waits, which a clock that fails must not turn into a loss (L15). */
final class Grace {
  private Grace() {}

  /**
   * Begins to wait. {@return a timer that can be cancelled} If the clock fails, the wait is over at
   * once, so that nothing is lost (L15).
   *
   * @param named what reports call whoever waits
   * @param over called when the time is over
   */
  static Time.Timer begin(Duration period, Object named, Runnable over) {
    try {
      return Time.current().schedule(period, over);
    } catch (Throwable broken) {
      Report.send(
          Report.Kind.FAILED_CALLBACK,
          named,
          "the clock failed to bound a wait of " + period + ", which is over now",
          broken);
      over.run();
      return () -> {};
    }
  }

  /**
   * The same for the exit of something. If the clock fails, it goes on without a bound.
   *
   * @param named what reports call what is bounded
   */
  static Time.Timer orNever(Duration limit, Object named, Runnable over) {
    try {
      return Time.current().schedule(limit, over);
    } catch (Throwable broken) {
      Report.send(
          Report.Kind.FAILED_CALLBACK,
          named,
          "the clock failed to bound the exit, which goes on without a bound",
          broken);
      return () -> {};
    }
  }

  static void stop(Time.@Nullable Timer timer) {
    if (timer != null) {
      timer.cancel();
    }
  }
}
