package dev.withal.jdbc;

import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Savepoint;

/**
 * A point in a transaction to which it can be rolled back.
 *
 * <p>Design: rolling back to a mark removes those that were set after it, and the server fails when
 * one of these is named again, which may cost the whole transaction. So the session knows which are
 * there.
 *
 * @param session the session in the transaction
 * @param savepoint the driver's savepoint
 */
record Mark(Session session, Savepoint savepoint) {

  /** {@return a mark at the current point of the transaction} Blocks. */
  static Mark set(Session session) throws SQLException {
    var mark = new Mark(session, session.connection().setSavepoint(session.nextSavepoint()));
    session.marks().addLast(mark);
    return mark;
  }

  /** {@return whether the work since then was not undone with that since an earlier mark} */
  boolean isThere() {
    return session.marks().contains(this);
  }

  /** {@return whether marks that were set after this one are there} */
  boolean hasInner() {
    return isThere() && !equals(session.marks().peekLast());
  }

  /** Undoes the work since the mark. Blocks. */
  void rollBack() throws SQLException {
    if (!isThere()) {
      return;
    }
    try {
      session.connection().rollback(savepoint);
    } catch (Throwable error) {
      // The work is still there, whatever the driver fails with.
      SQLException failure = failure(error);
      session.failedRollback(failure);
      throw failure;
    }
    while (hasInner()) {
      session.marks().pollLast();
    }
  }

  /**
   * Leaves the mark to the end of the transaction, as marks that were set after it may be in use.
   */
  void forget() {
    session.marks().remove(this);
  }

  /** Releases the mark. Blocks. */
  void release() throws SQLException {
    if (!isThere()) {
      return;
    }
    try {
      session.connection().releaseSavepoint(savepoint);
    } catch (Throwable error) {
      // Oracle and SQL Server know no release: there a savepoint ends with its transaction.
      if (!isUnsupported(error)) {
        throw failure(error);
      }
    }
    session.marks().remove(this);
  }

  private static SQLException failure(Throwable error) {
    return error instanceof SQLException failure
        ? failure
        : new SQLException("the driver failed: " + error, error);
  }

  private static boolean isUnsupported(Throwable error) {
    return error instanceof UnsupportedOperationException
        || error instanceof AbstractMethodError
        || error instanceof SQLFeatureNotSupportedException
        || (error instanceof SQLException refusal && isUnsupported(refusal));
  }

  /**
   * SQL Server's driver refuses with neither a state nor a code, as it asks nobody. A server that
   * doesn't know the savepoint answers with a state.
   */
  private static boolean isUnsupported(SQLException refusal) {
    String state = refusal.getSQLState();
    return state == null
        ? refusal.getErrorCode() == 0
        : state.equals("0A000") || state.equals("IM001");
  }
}
