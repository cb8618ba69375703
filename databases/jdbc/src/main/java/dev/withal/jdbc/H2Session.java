package dev.withal.jdbc;

import dev.withal.database.internal.H2State;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import org.jspecify.annotations.Nullable;

/**
 * The state of a session of H2 that its SQL changes past JDBC's methods. H2 has no command that
 * resets a session, but lists most of what was changed.
 *
 * @param state the state that H2 lists
 * @param isolation the isolation level
 * @param lockTimeout in milliseconds
 * @param queryTimeout in seconds, as in JDBC
 */
record H2Session(H2State state, int isolation, int lockTimeout, int queryTimeout) {

  /** {@return the settings of a connection; null if it isn't one to H2} Blocks. */
  static @Nullable H2Session of(Connection connection) throws SQLException {
    if (!connection.getMetaData().getDatabaseProductName().equals("H2")) {
      return null;
    }
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("call lock_timeout()")) {
      result.next();
      return new H2Session(
          stateOf(connection),
          connection.getTransactionIsolation(),
          result.getInt(1),
          statement.getQueryTimeout());
    }
  }

  private static H2State stateOf(Connection connection) throws SQLException {
    var commands = new HashMap<String, String>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(H2State.QUESTION)) {
      while (rows.next()) {
        commands.put(rows.getString(1), rows.getString(2));
      }
    }
    return new H2State(commands);
  }

  /** Blocks. */
  void restore(Connection connection) throws SQLException {
    connection.setTransactionIsolation(isolation);
    try (Statement statement = connection.createStatement()) {
      statement.setQueryTimeout(queryTimeout);
      statement.execute("set lock_timeout " + lockTimeout);
      for (String sql : state.restored(stateOf(connection))) {
        statement.execute(sql);
      }
    }
  }

  /** H2 keeps the timeout of a statement for all later ones of the session. Blocks. */
  void restoreQueryTimeout(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.setQueryTimeout(queryTimeout);
    }
  }
}
