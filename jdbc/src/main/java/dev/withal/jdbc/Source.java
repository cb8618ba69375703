package dev.withal.jdbc;

import java.sql.Connection;
import java.sql.SQLException;

/** Where connections come from. */
interface Source {
  /** Is told that a connection will be taken. */
  void taking();

  /** Is told that it is back, or that there was none. More than once is as good as once. */
  void ended();

  /** {@return a connection} Blocks. */
  Connection get() throws SQLException, InterruptedException;

  /**
   * {@return whether it keeps connections} To get one is then no call to the driver, and to close
   * one doesn't block.
   */
  boolean keeps();

  /** Closes a connection that nobody else may have. Blocks. */
  void discard(Connection connection) throws SQLException;
}
