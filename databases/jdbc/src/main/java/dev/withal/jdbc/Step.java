package dev.withal.jdbc;

import java.sql.SQLException;

/** A step of an exit, done even if earlier steps fail, to whose errors its own is added. */
interface Step extends AutoCloseable {
  @Override
  void close() throws SQLException;
}
