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
    } catch (SQLException error) {
      session.failedRollback(error);
      throw error;
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
    } catch (SQLFeatureNotSupportedException ignored) {
      // Oracle and SQL Server know no release: there a savepoint ends with its transaction.
    }
    session.marks().remove(this);
  }
}
