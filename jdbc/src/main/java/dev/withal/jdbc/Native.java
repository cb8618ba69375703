package dev.withal.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a driver can do beyond JDBC.
 *
 * <p>Design: it is found by the names that the driver gives it, so that no driver is needed to
 * compile or to run this. What stands between us and the driver passes {@code unwrap} on.
 */
final class Native {
  private static final int DEEPEST = 20;

  private static final ClassValue<Native> FOUND =
      new ClassValue<>() {
        @Override
        protected Native computeValue(Class<?> type) {
          return new Native(method(type, "org.postgresql.PGConnection", "cancelQuery"));
        }
      };

  private final @Nullable Method cancel;

  private Native(@Nullable Method cancel) {
    this.cancel = cancel;
  }

  /**
   * Cancels what a connection runs, by a request to the server that the driver always sends; does
   * nothing if this driver has no such request.
   */
  static void cancelQuery(Connection connection) throws SQLException {
    Connection driver = driverOf(connection);
    Method cancel = FOUND.get(driver.getClass()).cancel;
    if (cancel != null) {
      call(driver, cancel);
    }
  }

  /** {@return the driver's own connection, whatever is around it} */
  private static Connection driverOf(Connection connection) throws SQLException {
    Connection at = connection;
    for (int depth = 0; depth < DEEPEST; depth++) {
      Connection inside = at.unwrap(Connection.class);
      if (inside == null || inside == at) {
        break;
      }
      at = inside;
    }
    return at;
  }

  private static void call(Connection driver, Method method) throws SQLException {
    try {
      method.invoke(driver);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof SQLException error) {
        throw error;
      }
      throw new SQLException(method + " failed: " + e.getCause(), e.getCause());
    } catch (IllegalAccessException e) {
      throw new SQLException(method + " can't be called: " + e, e);
    }
  }

  /** {@return a method of an interface that the type has, however it came to it} */
  private static @Nullable Method method(Class<?> type, String owner, String name) {
    for (Class<?> at = type; at != null; at = at.getSuperclass()) {
      Method found =
          Stream.of(at.getInterfaces())
              .map(part ->
                  part.getName().equals(owner) ? declared(part, name) : method(part, owner, name))
              .filter(method -> method != null)
              .findFirst()
              .orElse(null);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  private static @Nullable Method declared(Class<?> type, String name) {
    try {
      return type.getMethod(name);
    } catch (NoSuchMethodException _) {
      return null;
    }
  }
}
