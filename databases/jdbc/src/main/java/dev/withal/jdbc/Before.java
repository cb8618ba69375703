package dev.withal.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The settings of the connection before the transaction. Asking for the isolation level may cost an
 * exchange with the server, so that is done only if the transaction has a level of its own.
 */
record Before(
    boolean autoCommit,
    @Nullable Integer isolation,
    @Nullable Boolean readOnly,
    List<String> limits) {

  /** Sets the connection up for a transaction. {@return the previous settings} */
  static Before begin(Connection connection, TransactionOptions options) throws SQLException {
    IsolationLevel level = options.level();
    boolean autoCommit = connection.getAutoCommit();
    var before = new Before(autoCommit, null, null, List.of());
    try {
      if (level != null) {
        int isolation = connection.getTransactionIsolation();
        connection.setTransactionIsolation(level.code());
        before = new Before(autoCommit, isolation, null, List.of());
      }
      if (options.isReadOnly()) {
        boolean readOnly = connection.isReadOnly();
        connection.setReadOnly(true);
        before = new Before(autoCommit, before.isolation, readOnly, List.of());
      }
      connection.setAutoCommit(false);
      List<String> limits = Limits.set(connection, options.limits());
      return new Before(autoCommit, before.isolation, before.readOnly, limits);
    } catch (Throwable error) {
      Before changed = before;
      try (Step ignored = () -> changed.restore(connection);
          Step unused = () -> rollback(connection)) {
        throw error;
      }
    }
  }

  /** Some drivers refuse it if no transaction can have begun. */
  private static void rollback(Connection connection) throws SQLException {
    if (!connection.getAutoCommit()) {
      connection.rollback();
    }
  }

  void restore(Connection connection) throws SQLException {
    if (connection.getAutoCommit() != autoCommit) {
      connection.setAutoCommit(autoCommit);
    }
    if (isolation != null) {
      connection.setTransactionIsolation(isolation);
    }
    if (readOnly != null) {
      connection.setReadOnly(readOnly);
    }
    Limits.run(connection, limits);
  }
}
