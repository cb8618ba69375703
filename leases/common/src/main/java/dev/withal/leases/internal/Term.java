package dev.withal.leases.internal;

import java.time.Duration;

/**
 * A unit in which leases are proved together, such as a session.
 *
 * @param id equal for those that are proved together
 * @param timeout how long after a proof the engine grants nothing anew
 */
public record Term(Object id, Duration timeout) {

  /** {@return how often its leases are proved} */
  Duration beat() {
    return timeout.dividedBy(4);
  }

  /** {@return for how long after a proof its leases are relied on} */
  Duration reliable() {
    return timeout.multipliedBy(2).dividedBy(3);
  }
}
