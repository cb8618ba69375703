package dev.withal.r2dbc;

import dev.withal.database.internal.SqlState;
import io.r2dbc.spi.R2dbcException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A transaction could not begin, commit or roll back; the outcome says what that means for its
 * work.
 *
 * <p>The cause is the driver's error; SQLSTATE and error code are the driver's as well. The message
 * names the context.
 */
public final class TransactionException extends R2dbcException {
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

  private TransactionException(
      String message, @Nullable String state, int code, Throwable cause, Outcome outcome) {
    super(message, state, code, cause);
    this.outcome = outcome;
  }

  /** {@return the fate of the work} */
  public Outcome outcome() {
    return outcome;
  }

  static TransactionException of(String context, String what, Throwable cause, Outcome outcome) {
    String message = context + ": " + what + ": " + cause.getMessage();
    return cause instanceof R2dbcException known
        ? new TransactionException(
            message, known.getSqlState(), known.getErrorCode(), cause, outcome)
        : new TransactionException(message, null, 0, cause, outcome);
  }

  /**
   * {@return the error for a failed commit}
   *
   * @param context the name of the context, for messages
   * @param silent whether the connection was closed by force because no answer came
   */
  static TransactionException ofCommit(String context, Throwable cause, boolean silent) {
    Outcome outcome = silent ? Outcome.UNKNOWN : outcomeOf(cause);
    return of(
        context,
        outcome == Outcome.UNKNOWN
            ? "the answer to the commit was lost, so whether it took effect is unknown:"
                + " check the data before trying again"
            : "the commit failed, nothing is committed",
        cause,
        outcome);
  }

  /** {@return the outcome of a transaction whose commit failed} */
  private static Outcome outcomeOf(Throwable error) {
    return SqlState.isRefusal(stateOf(error)) ? Outcome.NOT_COMMITTED : Outcome.UNKNOWN;
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
    return error instanceof R2dbcException known ? known.getSqlState() : null;
  }

  /** {@return the driver's code of an error; 0 if it has none} */
  static int codeOf(Throwable error) {
    return error instanceof R2dbcException known ? known.getErrorCode() : 0;
  }
}
