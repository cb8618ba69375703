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
    Integer isolation = level == null ? null : connection.getTransactionIsolation();
    Boolean readOnly = options.isReadOnly() ? connection.isReadOnly() : null;
    if (level != null) {
      connection.setTransactionIsolation(level.code());
    }
    if (options.isReadOnly()) {
      connection.setReadOnly(true);
    }
    connection.setAutoCommit(false);
    try {
      return new Before(autoCommit, isolation, readOnly, Limits.set(connection, options.limits()));
    } catch (Throwable error) {
      try (Step ignored =
              () -> new Before(autoCommit, isolation, readOnly, List.of()).restore(connection);
          Step unused = connection::rollback) {
        throw error;
      }
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
