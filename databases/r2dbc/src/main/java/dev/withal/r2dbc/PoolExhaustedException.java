package dev.withal.r2dbc;

import io.r2dbc.spi.R2dbcTransientResourceException;

/**
 * A pool had no connection to give in time, or is known never to have one.
 *
 * <p>The message says how many connections are in use, by which contexts, and which three have held
 * one longest.
 */
public final class PoolExhaustedException extends R2dbcTransientResourceException {
  private static final long serialVersionUID = 1;

  PoolExhaustedException(String message) {
    super(message);
  }
}
