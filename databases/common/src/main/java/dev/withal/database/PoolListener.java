package dev.withal.database;

import java.time.Duration;

/**
 * A listener to the events of a pool, for example to measure it.
 *
 * <p>It is called on the thread on which the event happened, which may be an event loop's, after
 * the event and outside of every lock. It must not block. Exceptions that it throws are logged, and
 * have no other effect. It must be thread-safe.
 */
public interface PoolListener {

  /**
   * A connection was opened.
   *
   * @param took how long opening took
   */
  default void opened(Duration took) {}

  /**
   * A context has its connection.
   *
   * @param waited how long the enter took, for a place and for the connection
   */
  default void entered(Duration waited) {}

  /**
   * A context has given its connection back.
   *
   * @param used how long the context had it
   */
  default void exited(Duration used) {}

  /** An enter failed, as no connection came free in time, or none was opened in time. */
  default void timedOut() {}

  /** The pool is closed; no other event follows. */
  default void closed() {}
}
