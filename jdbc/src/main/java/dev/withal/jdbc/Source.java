package dev.withal.jdbc;

import java.sql.Connection;
import java.sql.SQLException;

/** Where connections come from. */
interface Source {
  /** {@return a connection} Blocks. */
  Connection get() throws SQLException;

  /** {@return whether it keeps what is closed, so that to close it doesn't block} */
  boolean keeps();

  /** Closes a connection that nobody else may have. Blocks. */
  void discard(Connection connection) throws SQLException;
}
