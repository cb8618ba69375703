package dev.withal.leases.internal;

import dev.withal.internal.Time;
import java.time.Duration;
import java.time.Instant;

/** The time for a lease, from two clocks: each can stop or jump where the other continues. */
public interface Clock {

  /** The clocks of this machine. */
  Clock SYSTEM = () -> new Moment(Time.current().nanos(), Time.current().now());

  /** {@return what both clocks say now} */
  Moment now();

  /**
   * A reading of both clocks at the same time.
   *
   * @param nanos the clock that nobody sets, and that may stand still while the machine is
   *     suspended
   * @param wall the clock that goes on then, and that may be set
   */
  record Moment(long nanos, Instant wall) {

    /**
     * {@return how much time has passed until a later moment, at most} The clock that says more
     * counts: a lease may be lost too early by that, and never too late.
     *
     * @param later the later moment
     */
    public Duration until(Moment later) {
      Duration counted = Duration.ofNanos(later.nanos - nanos);
      Duration shown = Duration.between(wall, later.wall);
      return counted.compareTo(shown) > 0 ? counted : shown;
    }
  }
}
