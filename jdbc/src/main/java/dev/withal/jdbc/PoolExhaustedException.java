package dev.withal.jdbc;

import java.sql.SQLTransientConnectionException;

/**
 * A pool had no connection to give within the time, or can be known never to have one.
 *
 * <p>The message says how many are in use, and by which contexts.
 */
public final class PoolExhaustedException extends SQLTransientConnectionException {
  private static final long serialVersionUID = 1;

  PoolExhaustedException(String message) {
    super(message);
  }
}
