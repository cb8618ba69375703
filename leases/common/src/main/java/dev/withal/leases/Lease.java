package dev.withal.leases;

import java.time.Duration;

/**
 * A lock that is held for a limited time, which is extended as long as the body runs and the engine
 * answers; handed out by {@link Leases#lease}.
 *
 * <p>It is lost for ever if the engine doesn't answer for two thirds of its timeout, or says that
 * the lease is gone. The body is then asked to end, as by any {@linkplain
 * dev.withal.AsyncContext#lost lost value}, and its use fails with a {@link LeaseLostException}.
 *
 * <p>A lease is valid until its context exits. Thread-safe; no method blocks.
 */
public interface Lease {

  /** {@return the name by which the lease was asked for} */
  String name();

  /**
   * {@return the fencing token: a number that is larger than that of each earlier grant of this
   * name, on any machine} A store that keeps the largest token it has seen, and refuses smaller
   * ones, is safe from a holder that has lost its lease and doesn't know yet.
   *
   * <p>It reads the clocks itself, so it refuses also where no timer has run since, as right after
   * the process was stopped and continued.
   *
   * @throws LeaseLostException if the lease can't be relied on any more
   * @throws IllegalStateException if the use of the lease has ended
   */
  long token();

  /**
   * {@return for how long the lease can be relied on if the engine doesn't answer any more} Zero if
   * it is lost or its use has ended.
   */
  Duration remaining();
}
