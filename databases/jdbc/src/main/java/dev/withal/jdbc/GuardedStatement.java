package dev.withal.jdbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Wrapper;
import org.jspecify.annotations.Nullable;

/**
 * A driver's statement that can be cancelled, usable as long as its context has the connection.
 *
 * <p>Design: only calls that wait for the server are made on another thread. Creating and closing a
 * statement, setting its parameters and reading its rows happen on the calling one. Rows that are
 * fetched in batches or can be updated are {@link GuardedRows}.
 */
final class GuardedStatement implements InvocationHandler {
  private final GuardedConnection connection;
  private final Statement target;
  private volatile int fetchSize;

  GuardedStatement(GuardedConnection connection, Statement target) {
    this.connection = connection;
    this.target = target;
  }

  /** {@return the statement as a body sees it} */
  Statement proxy(Class<?> type) {
    return (Statement)
        Proxy.newProxyInstance(
            GuardedStatement.class.getClassLoader(), new Class<?>[] {type}, this);
  }

  @Override
  public @Nullable Object invoke(Object self, Method method, @Nullable Object @Nullable [] given)
      throws Throwable {
    if (method.getDeclaringClass() == Object.class || method.getDeclaringClass() == Wrapper.class) {
      String name = "statement of " + connection.scope().name();
      return connection.common(self, target, name, method, given);
    }
    String name = method.getName();
    if (name.startsWith("execute") || name.equals("addBatch")) {
      if (given != null && given[0] instanceof String sql) {
        connection.check(sql);
      }
    }
    Object result =
        switch (name) {
          case "getConnection" -> connection.proxy();
          case "close" -> close(method);
          case "isClosed", "cancel" -> GuardedConnection.pass(target, method, given);
          // The server is asked to describe a statement that has not been executed.
          case "getMoreResults", "getMetaData", "getParameterMetaData" -> call(method, given);
          default -> name.startsWith("execute") ? call(method, given) : here(method, given);
        };
    if (name.equals("setFetchSize")) {
      fetchSize = target.getFetchSize();
    }
    return result instanceof ResultSet rows && (fetchSize > 0 || isUpdatable())
        ? new GuardedRows(connection, target, (Statement) self, rows, fetchSize).proxy()
        : result;
  }

  private boolean isUpdatable() throws SQLException {
    return target.getResultSetConcurrency() == ResultSet.CONCUR_UPDATABLE;
  }

  private @Nullable Object call(Method method, @Nullable Object @Nullable [] given)
      throws SQLException {
    return connection.call(target, () -> GuardedConnection.pass(target, method, given));
  }

  private @Nullable Object here(Method method, @Nullable Object @Nullable [] given)
      throws Exception {
    connection.scope().requireOpen();
    return GuardedConnection.pass(target, method, given);
  }

  /** Does nothing after the exit, which has closed the statement. */
  private @Nullable Object close(Method method) throws Exception {
    Scope scope = connection.scope();
    if (!scope.isClosed()) {
      GuardedConnection.pass(target, method, null);
      scope.closed(target);
    }
    return null;
  }
}
