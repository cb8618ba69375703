package dev.withal.jdbc;

import java.sql.SQLTransientConnectionException;

/**
 * A pool had no connection to give in time, or is known never to have one.
 *
 * <p>The message says how many connections are in use, by which contexts, and which three have held
 * one longest.
 */
public final class PoolExhaustedException extends SQLTransientConnectionException {
  private static final long serialVersionUID = 1;

  PoolExhaustedException(String message) {
    super(message);
  }
}
