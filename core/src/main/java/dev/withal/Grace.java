package dev.withal;

import dev.withal.internal.Time;
import java.time.Duration;

/** A wait of somebody who has given up, which ends after a while. */
final class Grace {
  private Grace() {}

  /**
   * Begins it. {@return what ends it before} A clock that fails must not lose what is waited for
   * (L15): then it is over at once.
   *
   * @param named what reports call whoever waits
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
}
