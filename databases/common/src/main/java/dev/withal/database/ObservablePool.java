package dev.withal.database;

import java.util.List;

/**
 * The observable state of a pool of connections, JDBC or R2DBC.
 *
 * <p>Each figure is of one moment, so that two figures of a pool in use need not match.
 * Thread-safe. Not to be implemented by other code: methods may be added.
 */
public interface ObservablePool {

  /** {@return the maximum number of connections} */
  int size();

  /** {@return the number of connections in use, including those that are being opened or closed} */
  int inUse();

  /** {@return the number of connections that are open and idle} */
  int idle();

  /** {@return the number of callers that wait for a connection} */
  int waiting();

  /** {@return the holders of connections, in the order in which they got them} */
  List<Holder> holders();

  /**
   * Adds a listener, which is told of all events from here on until the pool is closed.
   *
   * @param listener the listener; one that was added before is told twice
   * @throws NullPointerException if the listener is null
   */
  void listen(PoolListener listener);
}
