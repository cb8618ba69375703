package dev.withal.database.internal;

import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** The meaning of an SQLSTATE for a transaction. */
public final class SqlState {
  /**
   * Asks MySQL's and MariaDB's server for an option: whether a wait for a lock that took too long
   * rolls back the whole transaction, and not its statement alone. The second column of the only
   * row tells; a server without the option has no row. The option is set when the server starts.
   */
  public static final String ROLLBACK_ON_TIMEOUT =
      "show global variables like 'innodb_rollback_on_timeout'";

  private static final Set<String> CONFLICTS = Set.of("40001", "40P01");

  /**
   * The standard's for an unknown completion, and H2's own for a connection that is broken and for
   * a database that is closed or shutting down.
   */
  private static final Set<String> UNKNOWN_OUTCOMES = Set.of("40003", "90067", "90098", "90121");

  /** MySQL's and MariaDB's error for a wait for a lock that took too long. */
  private static final int LOCK_WAIT_TIMEOUT = 1205;

  /**
   * MariaDB's error for a row that has changed since the transaction's snapshot of it, in the state
   * of any error.
   */
  private static final int SNAPSHOT_CONFLICT = 1020;

  /** MySQL's and MariaDB's error for more locks than there is room for. */
  private static final int LOCK_TABLE_FULL = 1206;

  private static final String ANY_ERROR = "HY000";

  /** The value of an option that is set. */
  private static final String SET = "ON";

  /** The number of causes that are looked through, as they may form a cycle. */
  private static final int DEEPEST_CAUSE = 100;

  private SqlState() {}

  /**
   * {@return a predicate that tells whether an error or one of its causes is a serialization
   * failure or a deadlock, or MariaDB's error for a row that isn't as in the snapshot} The causes
   * of an error after which the work may be committed don't count.
   *
   * @param stateOf reads the SQLSTATE of one error; null if it has none
   * @param codeOf reads the driver's code of one error; 0 if it has none
   * @param mayBeCommitted tells whether the work of the transaction that ended with one error may
   *     be committed
   */
  public static Predicate<Throwable> conflict(
      Function<Throwable, @Nullable String> stateOf,
      ToIntFunction<Throwable> codeOf,
      Predicate<Throwable> mayBeCommitted) {
    return error -> {
      Throwable at = error;
      for (int depth = 0; at != null && depth < DEEPEST_CAUSE; depth++) {
        if (mayBeCommitted.test(at)) {
          return false;
        }
        String state = stateOf.apply(at);
        if (state != null
            && (CONFLICTS.contains(state)
                || (state.equals(ANY_ERROR) && codeOf.applyAsInt(at) == SNAPSHOT_CONFLICT))) {
          return true;
        }
        at = at.getCause();
      }
      return false;
    };
  }

  /**
   * {@return whether a commit that failed with this state has certainly not taken effect} That is
   * so if the server answered with an error of its own that concerns neither the connection nor the
   * server's shutdown.
   *
   * @param state the state of the error; null if it has none
   */
  public static boolean isRefusal(@Nullable String state) {
    return state != null
        && !state.startsWith("08")
        && !state.startsWith("57P")
        && !state.startsWith("XX")
        && !UNKNOWN_OUTCOMES.contains(state);
  }

  /**
   * {@return whether a server that answered a statement with this error has rolled back the whole
   * transaction, and runs the next statement in a new one}
   *
   * @param state the state of the error; null if it has none
   * @param code the driver's error code
   * @param onTimeout the server's answer to {@link #ROLLBACK_ON_TIMEOUT}; empty if it wasn't asked,
   *     or doesn't know
   */
  public static boolean isRollback(
      @Nullable String state, int code, SqlDialect dialect, String onTimeout) {
    boolean isOfRollback = state != null && state.startsWith("40");
    return switch (dialect) {
      // It runs nothing more, but a rollback to a savepoint is possible.
      case POSTGRESQL -> false;
      // MySQL's driver has the state of a rollback for any lock wait. The wait for a table isn't
      // told apart: that undoes its statement alone, so the exit rolls back the rest.
      case MARIADB ->
          code == SNAPSHOT_CONFLICT
              || code == LOCK_TABLE_FULL
              || (code == LOCK_WAIT_TIMEOUT ? onTimeout.equals(SET) : isOfRollback);
      case OTHER -> isOfRollback;
    };
  }
}
