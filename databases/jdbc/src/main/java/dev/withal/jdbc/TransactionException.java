package dev.withal.jdbc;

import dev.withal.database.internal.SqlState;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A transaction could not begin, commit or roll back; the outcome says what that means for its
 * work.
 *
 * <p>The cause is the driver's error; SQLSTATE and error code are the driver's as well. The message
 * names the context.
 */
public final class TransactionException extends SQLException {
  private static final long serialVersionUID = 1;

  /** The fate of the work. */
  public enum Outcome {
    /** It did not begin, or it was undone: the server said so. */
    NOT_COMMITTED,
    /**
     * The commit was sent and its answer was lost: the work may be done or undone, and only the
     * data can tell.
     */
    UNKNOWN
  }

  /** The fate of the work. */
  private final Outcome outcome;

  TransactionException(String context, String what, Throwable cause, Outcome outcome) {
    super(context + ": " + what + ": " + cause.getMessage(), stateOf(cause), codeOf(cause), cause);
    this.outcome = outcome;
  }

  /** {@return the fate of the work} */
  public Outcome outcome() {
    return outcome;
  }

  /** {@return the outcome of a transaction whose commit failed} */
  static Outcome outcomeOf(Throwable error) {
    return SqlState.isRefusal(stateOf(error)) && !isOfLostConnection(error)
        ? Outcome.NOT_COMMITTED
        : Outcome.UNKNOWN;
  }

  /**
   * {@return whether the class of an error says that the connection is lost, whatever its state}
   * {@code SQLTransientConnectionException} doesn't: MariaDB's driver has it for any state that it
   * doesn't know, such as those of procedures.
   */
  static boolean isOfLostConnection(Throwable error) {
    return error instanceof SQLRecoverableException
        || error instanceof SQLNonTransientConnectionException;
  }

  /**
   * {@return whether the work of the transaction that ended with this error may be committed,
   * whatever the cause is}
   */
  static boolean mayBeCommitted(Throwable error) {
    return error instanceof AfterTransactionException
        || isUnknown(error)
        || Stream.of(error.getSuppressed()).anyMatch(TransactionException::isUnknown);
  }

  private static boolean isUnknown(Throwable error) {
    return error instanceof TransactionException known && known.outcome == Outcome.UNKNOWN;
  }

  /** {@return the SQLSTATE of an error; null if it has none} */
  static @Nullable String stateOf(Throwable error) {
    return error instanceof SQLException known ? known.getSQLState() : null;
  }

  /** {@return the driver's code of an error; 0 if it has none} */
  static int codeOf(Throwable error) {
    return error instanceof SQLException known ? known.getErrorCode() : 0;
  }
}
