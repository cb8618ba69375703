package dev.withal.jdbc;

import dev.withal.jdbc.Native.State;
import dev.withal.jdbc.TransactionException.Outcome;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** What the server's answers have revealed of the transaction that a session is in. */
final class Course {
  private final Physical physical;

  /** Whether the server has confirmed that the session is in our transaction. */
  private volatile boolean began;

  private volatile boolean endedByHand;
  private volatile @Nullable SQLException lastFailure;

  /** The error with which the server rolled back the whole transaction; null if it hasn't. */
  private volatile @Nullable SQLException rolledBackBy;

  /** The failure of a rollback to a savepoint, which leaves work that must not be committed. */
  private volatile @Nullable SQLException notUndone;

  Course(Physical physical) {
    this.physical = physical;
  }

  /** Records that a transaction is about to begin. */
  void begin() {
    began = false;
    endedByHand = false;
    lastFailure = null;
    rolledBackBy = null;
    notUndone = null;
  }

  /** Checks, before a call, whether the transaction has ended without our knowledge. */
  void beforeCall() throws SQLException {
    notice(physical.beyond().state());
  }

  /** Checks, after a call, whether the transaction continues. */
  void afterCall() throws SQLException {
    State now = physical.beyond().state();
    notice(now);
    began |= now == State.OPEN || now == State.FAILED;
  }

  /** A transaction that the server has rolled back has ended with our knowledge. */
  private void notice(State now) {
    endedByHand |= began && rolledBackBy == null && now == State.IDLE;
  }

  /** Saves an error, which may be why the transaction can't commit. */
  void failed(SQLException failure) {
    lastFailure = failure;
    if (rolledBackBy == null && isRollback(failure)) {
      rolledBackBy = failure;
    }
  }

  private boolean isRollback(SQLException failure) {
    Native known = physical.known();
    return known != null && known.isRollback(failure);
  }

  /**
   * Refuses a further statement of a transaction that the server has rolled back. The server would
   * commit it alone: MariaDB's does.
   *
   * @param context the name of the context, for messages
   */
  void refuseIfRolledBack(String context) throws SQLException {
    SQLException failure = rolledBackBy;
    if (failure != null) {
      throw new SQLException(
          context
              + ": the server aborted the transaction when a statement failed, so this one isn't"
              + " run",
          "25P02",
          failure);
    }
  }

  /** Records that work could not be undone, so that nothing may be committed. */
  void failedRollback(SQLException error) {
    notUndone = error;
  }

  /** {@return the outcome of work in the transaction that is not committed} */
  Outcome outcome() throws SQLException {
    // Where the driver doesn't say, a statement may have committed, which ends savepoints.
    return endedByHand
            || (notUndone != null
                && rolledBackBy == null
                && physical.beyond().state() == State.UNKNOWN)
        ? Outcome.UNKNOWN
        : Outcome.NOT_COMMITTED;
  }

  /**
   * {@return why the transaction can't be committed; null if it can}
   *
   * @param context the name of the context, for messages
   */
  @Nullable TransactionException refusal(String context) throws SQLException {
    TransactionException ended = endedByHand(context);
    if (ended != null) {
      return ended;
    }
    SQLException failure = abortedBy();
    if (failure != null) {
      return new TransactionException(
          context,
          "nothing is committed, as the server aborted the transaction when a statement failed",
          failure,
          Outcome.NOT_COMMITTED);
    }
    SQLException left = notUndone;
    return left == null
        ? null
        : new TransactionException(
            context,
            "its exit commits nothing, as work inside it could not be undone",
            left,
            outcome());
  }

  /**
   * {@return the error for a transaction that was ended without our knowledge; null if it wasn't}
   *
   * @param context the name of the context, for messages
   */
  @Nullable TransactionException endedByHand(String context) throws SQLException {
    beforeCall();
    return endedByHand
        ? new TransactionException(
            context,
            "its exit commits nothing",
            new SQLException(
                "the transaction was ended on the connection itself or by a statement, and its"
                    + " work up to then may or may not be committed",
                "25000"),
            Outcome.UNKNOWN)
        : null;
  }

  private @Nullable SQLException abortedBy() throws SQLException {
    if (rolledBackBy != null || physical.beyond().state() != State.FAILED) {
      return rolledBackBy;
    }
    SQLException failure = lastFailure;
    return failure != null ? failure : new SQLException("current transaction is aborted", "25P02");
  }
}
