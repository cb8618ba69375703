package dev.withal.r2dbc;

import dev.withal.database.internal.SqlState;
import io.r2dbc.spi.R2dbcException;
import org.jspecify.annotations.Nullable;

/**
 * A transaction could not begin, commit or roll back, and what that means for its work.
 *
 * <p>The cause is the driver's error; SQLSTATE and error code are the driver's as well. The message
 * names the context.
 */
public final class TransactionException extends R2dbcException {
  private static final long serialVersionUID = 1;

  /** What became of the work. */
  public enum Outcome {
    /** It did not begin, or it is undone: the server said so. */
    NOT_COMMITTED,
    /**
     * The commit was sent and its answer was lost: the work may be done or undone, and only the
     * data can tell.
     */
    UNKNOWN
  }

  /** What became of the work. */
  private final Outcome outcome;

  private TransactionException(
      String message, @Nullable String state, int code, Throwable cause, Outcome outcome) {
    super(message, state, code, cause);
    this.outcome = outcome;
  }

  /** {@return what became of the work} */
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

  /** {@return what became of a transaction whose commit failed} */
  static Outcome outcomeOf(Throwable error) {
    return SqlState.isRefusal(stateOf(error)) ? Outcome.NOT_COMMITTED : Outcome.UNKNOWN;
  }

  /** {@return the SQLSTATE of an error; null if it has none} */
  static @Nullable String stateOf(Throwable error) {
    return error instanceof R2dbcException known ? known.getSqlState() : null;
  }
}
