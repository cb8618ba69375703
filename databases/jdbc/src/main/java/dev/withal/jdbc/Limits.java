package dev.withal.jdbc;

import dev.withal.database.internal.StatementLimits;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.util.List;

/**
 * Sets the limits of a transaction's statements on its session, and restores the session. Blocks.
 */
final class Limits {
  private Limits() {}

  /** Sets the limits inside the transaction. {@return the SQL that restores the session} */
  static List<String> set(Connection connection, StatementLimits limits) throws SQLException {
    if (limits.areNone()) {
      return List.of();
    }
    String product = connection.getMetaData().getDatabaseProductName();
    StatementLimits.Sql sql = limits.on(product);
    if (sql == null) {
      throw new SQLFeatureNotSupportedException(StatementLimits.unknown(product));
    }
    String before = sql.ask() == null ? "" : ask(connection, sql.ask());
    run(connection, sql.set());
    return sql.back().apply(before);
  }

  private static String ask(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      result.next();
      return result.getString(1);
    }
  }

  static void run(Connection connection, List<String> statements) throws SQLException {
    if (statements.isEmpty()) {
      return;
    }
    try (Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }
}
