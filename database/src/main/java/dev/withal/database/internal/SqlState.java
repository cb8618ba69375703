package dev.withal.database.internal;

import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What a SQLSTATE says of a transaction. */
public final class SqlState {
  private static final Set<String> CONFLICTS = Set.of("40001", "40P01");

  /** Causes are looked through so far, as they may form a cycle. */
  private static final int DEEPEST_CAUSE = 100;

  private SqlState() {}

  /**
   * {@return what tells whether an error, or what caused it, is a serialization failure or a
   * deadlock}
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
   * {@return whether a commit that failed with this state has certainly not taken effect} So it is
   * where the server answered, with an error of its own that isn't about the connection or about
   * the server's end.
   *
   * @param state what the error says; null if it says nothing
   */
  public static boolean isRefusal(@Nullable String state) {
    return state != null
        && !state.startsWith("08")
        && !state.startsWith("57P")
        && !state.startsWith("XX")
        && !state.equals("40003");
  }
}
