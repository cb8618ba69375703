package dev.withal.jdbc;

import java.sql.SQLException;
import java.sql.SQLNonTransientException;
import java.util.Objects;

/** There is no connection at this moment, and there may be one a moment later. */
final class Unreachable extends SQLException {
  private static final long serialVersionUID = 1;

  private Unreachable(SQLException cause) {
    super(cause);
  }

  /** {@return the failure to open a connection, as one that may pass if it may} */
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

  /** {@return what the driver has said} */
  static SQLException causeOf(SQLException failure) {
    return failure instanceof Unreachable
        ? (SQLException) Objects.requireNonNull(failure.getCause())
        : failure;
  }
}
