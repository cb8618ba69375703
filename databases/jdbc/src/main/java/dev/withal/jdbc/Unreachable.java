package dev.withal.jdbc;

import java.sql.SQLException;
import java.sql.SQLNonTransientException;
import java.util.Objects;

/** No connection is available at this moment, but one may be a moment later. */
final class Unreachable extends SQLException {
  private static final long serialVersionUID = 1;

  private Unreachable(SQLException cause) {
    super(cause);
  }

  /**
   * {@return the failure to open a connection, as an {@code Unreachable} if it may be temporary}
   */
  static SQLException orNot(SQLException failure) {
    String state = failure.getSQLState();
    boolean passes =
        state == null
            ? !(failure instanceof SQLNonTransientException)
            : (state.startsWith("08") && !state.equals("08004"))
                || state.startsWith("53")
                || state.startsWith("57P")
                || state.equals("HY000");
    return passes ? new Unreachable(failure) : failure;
  }

  /** {@return the driver's own error} */
  static SQLException causeOf(SQLException failure) {
    return failure instanceof Unreachable
        ? (SQLException) Objects.requireNonNull(failure.getCause())
        : failure;
  }
}
