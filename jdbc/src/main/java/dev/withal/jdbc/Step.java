package dev.withal.jdbc;

import java.sql.SQLException;

/** A step of an exit, done whatever becomes of those before it, whose errors it is added to. */
interface Step extends AutoCloseable {
  @Override
  void close() throws SQLException;
}
