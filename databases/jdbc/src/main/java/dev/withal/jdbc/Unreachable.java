package dev.withal.jdbc;

import java.sql.SQLException;
import java.sql.SQLNonTransientException;
import java.util.Objects;
import java.util.Set;

/** No connection is available at this moment, but one may be a moment later. */
final class Unreachable extends SQLException {
  private static final long serialVersionUID = 1;
  private static final int DEEPEST = 20;

  /** The password has expired; the account is locked. Neither has a state of its own. */
  private static final Set<Integer> MARIADB_REFUSALS = Set.of(1862, 4151);

  private Unreachable(SQLException cause) {
    super(cause);
  }

  /**
   * {@return a failure to open a connection, as an {@code Unreachable} if it may be temporary}
   *
   * @param failure the driver's own error
   * @param told the error that is told instead of it, and may be another one
   */
  static SQLException orNot(SQLException failure, SQLException told) {
    return isTemporary(failure) && !isRefusal(failure) ? new Unreachable(told) : told;
  }

  private static boolean isTemporary(SQLException failure) {
    String state = failure.getSQLState();
    return state == null
        ? !(failure instanceof SQLNonTransientException)
        : (state.startsWith("08") && !state.equals("08004"))
            || state.startsWith("53")
            || state.startsWith("57P")
            || state.equals("HY000");
  }

  /** Data sources wrap the error of the server, which knows the user and won't have it. */
  private static boolean isRefusal(SQLException failure) {
    Throwable at = failure;
    // Bounded, as a cause may be its own.
    for (int depth = 0; at != null && depth < DEEPEST; depth++) {
      if (at instanceof SQLException error && refuses(error)) {
        return true;
      }
      at = at.getCause();
    }
    return false;
  }

  private static boolean refuses(SQLException error) {
    String state = error.getSQLState();
    return state != null
        && (state.startsWith("28")
            || (state.equals("HY000") && MARIADB_REFUSALS.contains(error.getErrorCode())));
  }

  /** {@return the driver's own error} */
  static SQLException causeOf(SQLException failure) {
    return failure instanceof Unreachable
        ? (SQLException) Objects.requireNonNull(failure.getCause())
        : failure;
  }
}
