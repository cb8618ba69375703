package dev.withal.leases.postgresql;

import java.util.List;

/** How a driver runs one statement, each a transaction of its own. Its methods block. */
interface Rows {

  /**
   * {@return the first column of all rows of an answer}
   *
   * @param sql the statement, with parameters {@code $1} and so on, in this order and each once
   * @param parameters strings, longs, and arrays of them
   * @param type the type of the column
   * @param <T> the type of the column
   */
  <T> List<T> query(String sql, List<?> parameters, Class<T> type) throws Exception;

  /** Runs a statement without rows. */
  void update(String sql, List<?> parameters) throws Exception;

  /** Refuses a connection on which nothing would be committed, as that grants a lease twice. */
  static void requireAutoCommit(boolean commits) {
    if (!commits) {
      throw new IllegalStateException(
          "leases need connections in auto-commit mode, as each of their statements is a transaction"
              + " of its own: don't turn it off in the data source or a hook of the pool");
    }
  }

  /** {@return whether an error says that the table isn't there} */
  boolean isNoTable(Exception failure);
}
