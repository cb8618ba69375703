package dev.withal.r2dbc;

import io.r2dbc.spi.R2dbcNonTransientResourceException;

/**
 * A step failed after a transaction. The error doesn't have the driver's SQLSTATE, for which a
 * caller might run the transaction again.
 */
final class AfterTransactionException extends R2dbcNonTransientResourceException {
  private static final long serialVersionUID = 1;

  /**
   * @param context the name of the context, for messages
   * @param what the step that failed
   */
  AfterTransactionException(String context, String what, Throwable cause) {
    super(context + ": the transaction is over, but " + what + ": " + cause.getMessage(), cause);
  }
}
