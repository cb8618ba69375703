package dev.withal.jdbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * A driver's connection as HikariCP keeps it.
 *
 * <p>Design: HikariCP asks the server whether an idle connection still works on the thread that
 * takes it, and throws away what doesn't answer. If that thread is interrupted, the socket is
 * closed: it would throw away all that are idle, one after the other. So the server is asked on a
 * thread that nobody interrupts.
 */
record KeptConnection(Connection target) implements InvocationHandler {

  /** {@return the connection as the pool sees it} */
  static Connection of(Connection target) {
    return (Connection)
        Proxy.newProxyInstance(
            KeptConnection.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            new KeptConnection(target));
  }

  @Override
  public @Nullable Object invoke(Object self, Method method, @Nullable Object @Nullable [] given)
      throws Throwable {
    return switch (method.getName()) {
      case "equals" -> given != null && self == given[0];
      case "isValid" -> isValid(method, given);
      default -> GuardedConnection.pass(target, method, given);
    };
  }

  private @Nullable Object isValid(Method method, @Nullable Object @Nullable [] given)
      throws Throwable {
    try {
      return Calls.<@Nullable Object>start(
              "the check of a pool's connection",
              VirtualThreads.EACH,
              () -> GuardedConnection.pass(target, method, given))
          .join();
    } catch (CompletionException failed) {
      throw Objects.requireNonNull(failed.getCause());
    }
  }
}
