package dev.withal.jdbc;

import java.sql.SQLException;

/**
 * A step failed after a transaction. The error doesn't have the driver's SQLSTATE, for which a
 * caller might run the transaction again.
 */
final class AfterTransactionException extends SQLException {
  private static final long serialVersionUID = 1;

  /**
   * @param context the name of the context, for messages
   * @param what the step that failed
   */
  AfterTransactionException(String context, String what, Throwable cause) {
    super(context + ": the transaction is over, but " + what + ": " + cause.getMessage(), cause);
  }
}
