package dev.withal.jdbc;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a session of H2 that its SQL changes past JDBC's methods. H2 has no command that
 * resets a session, so its variables and local temporary tables stay.
 *
 * @param isolation the isolation level
 * @param lockTimeout in milliseconds
 * @param queryTimeout in seconds, as in JDBC
 */
record H2Session(int isolation, int lockTimeout, int queryTimeout) {

  /** {@return the settings of a connection; null if it isn't one to H2} Blocks. */
  static @Nullable H2Session of(Connection connection) throws SQLException {
    if (!connection.getMetaData().getDatabaseProductName().equals("H2")) {
      return null;
    }
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("call lock_timeout()")) {
      result.next();
      return new H2Session(
          connection.getTransactionIsolation(), result.getInt(1), statement.getQueryTimeout());
    }
  }

  /** Blocks. */
  void restore(Connection connection) throws SQLException {
    connection.setTransactionIsolation(isolation);
    try (Statement statement = connection.createStatement()) {
      statement.setQueryTimeout(queryTimeout);
      statement.execute("set lock_timeout " + lockTimeout);
    }
  }
}
