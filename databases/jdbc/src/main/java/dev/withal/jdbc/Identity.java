package dev.withal.jdbc;

import java.lang.reflect.Method;
import java.sql.Wrapper;
import org.jspecify.annotations.Nullable;

/**
 * The answers that all our proxies give in the same way, to the methods of {@code Object} and
 * {@code Wrapper}.
 */
final class Identity {
  private Identity() {}

  /**
   * {@return the answer to a method}
   *
   * @param self the proxy
   * @param target the driver's object behind it
   * @param name the text that the proxy is shown as
   */
  static @Nullable Object answer(
      GuardedConnection connection,
      Object self,
      Wrapper target,
      String name,
      Method method,
      @Nullable Object @Nullable [] given)
      throws Exception {
    return switch (method.getName()) {
      case "equals" -> given != null && self == given[0];
      case "hashCode" -> System.identityHashCode(self);
      case "toString" -> name;
      default -> wrapped(connection, self, target, method, given);
    };
  }

  /** Code that has the driver's own connection can change the session in any way. */
  private static @Nullable Object wrapped(
      GuardedConnection connection,
      Object self,
      Wrapper target,
      Method method,
      @Nullable Object @Nullable [] given)
      throws Exception {
    boolean ours = given != null && given[0] instanceof Class<?> type && type.isInstance(self);
    if (method.getName().equals("isWrapperFor")) {
      return ours ? true : GuardedConnection.pass(target, method, given);
    }
    if (ours) {
      return self;
    }
    connection.scope().requireOpen();
    connection.session().touch();
    return GuardedConnection.pass(target, method, given);
  }
}
