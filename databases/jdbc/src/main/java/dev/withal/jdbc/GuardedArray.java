package dev.withal.jdbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Array;
import org.jspecify.annotations.Nullable;

/**
 * A driver's array as a body sees it: PostgreSQL's driver gives its elements as rows of a statement
 * that leads to the connection. The driver gets its own array back, as it knows no other.
 */
record GuardedArray(GuardedConnection connection, Array target) implements InvocationHandler {

  /** {@return the array as a body sees it} */
  static Array of(GuardedConnection connection, Array target) {
    return (Array)
        Proxy.newProxyInstance(
            GuardedArray.class.getClassLoader(),
            new Class<?>[] {Array.class},
            new GuardedArray(connection, target));
  }

  /** Replaces a guarded array among the arguments of a call by the driver's, as its value. */
  static void unguard(@Nullable Object @Nullable [] given) {
    if (given != null && given.length > 1 && given[1] instanceof Array array) {
      given[1] = targetOf(array);
    }
  }

  private static Object targetOf(Object array) {
    return Proxy.isProxyClass(array.getClass())
            && Proxy.getInvocationHandler(array) instanceof GuardedArray guarded
        ? guarded.target
        : array;
  }

  @Override
  public @Nullable Object invoke(Object self, Method method, @Nullable Object @Nullable [] given)
      throws Exception {
    if (method.getName().equals("equals") && given != null && given[0] != null) {
      return target.equals(targetOf(given[0]));
    }
    return GuardedRows.guard(connection, GuardedConnection.pass(target, method, given));
  }
}
