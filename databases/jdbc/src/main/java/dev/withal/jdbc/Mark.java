package dev.withal.jdbc;

import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Savepoint;

/**
 * A point in a transaction to which it can be rolled back.
 *
 * @param session the session in the transaction
 * @param savepoint the driver's savepoint
 */
record Mark(Session session, Savepoint savepoint) {

  /** {@return a mark at the current point of the transaction} Blocks. */
  static Mark set(Session session) throws SQLException {
    return new Mark(session, session.connection().setSavepoint(session.nextSavepoint()));
  }

  /** Undoes the work since the mark. Blocks. */
  void rollBack() throws SQLException {
    try {
      session.connection().rollback(savepoint);
    } catch (SQLException error) {
      session.failedRollback(error);
      throw error;
    }
  }

  /** Releases the mark. Blocks. */
  void release() throws SQLException {
    try {
      session.connection().releaseSavepoint(savepoint);
    } catch (SQLFeatureNotSupportedException ignored) {
      // Oracle and SQL Server know no release: there a savepoint ends with its transaction.
    }
  }
}
