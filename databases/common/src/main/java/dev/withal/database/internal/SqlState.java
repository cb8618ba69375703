package dev.withal.database.internal;

import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The meaning of an SQLSTATE for a transaction. */
public final class SqlState {
  private static final Set<String> CONFLICTS = Set.of("40001", "40P01");

  /** MySQL's and MariaDB's error for a wait for a lock that took too long. */
  private static final int LOCK_WAIT_TIMEOUT = 1205;

  /** The number of causes that are looked through, as they may form a cycle. */
  private static final int DEEPEST_CAUSE = 100;

  private SqlState() {}

  /**
   * {@return a predicate that tells whether an error or one of its causes is a serialization
   * failure or a deadlock}
   *
   * @param stateOf reads the SQLSTATE of one error; null if it has none
   */
  public static Predicate<Throwable> conflict(Function<Throwable, @Nullable String> stateOf) {
    return error -> {
      Throwable at = error;
      for (int depth = 0; at != null && depth < DEEPEST_CAUSE; depth++) {
        String state = stateOf.apply(at);
        if (state != null && CONFLICTS.contains(state)) {
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
        && !state.equals("40003");
  }

  /**
   * {@return whether a server that answered a statement with this error has rolled back the whole
   * transaction, and runs the next statement in a new one}
   *
   * @param state the state of the error; null if it has none
   * @param code the driver's error code
   */
  public static boolean isRollback(@Nullable String state, int code, SqlDialect dialect) {
    if (state == null || !state.startsWith("40")) {
      return false;
    }
    return switch (dialect) {
      // It runs nothing more, but a rollback to a savepoint is possible.
      case POSTGRESQL -> false;
      // MySQL's driver has the same state for a lock wait, which undoes its statement alone.
      case MARIADB -> code != LOCK_WAIT_TIMEOUT;
      case OTHER -> true;
    };
  }
}
