package dev.withal.jdbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.sql.Wrapper;
import org.jspecify.annotations.Nullable;

/**
 * The metadata of the database as a body sees it. Each call can be cancelled, since drivers answer
 * some of them by a query.
 */
record GuardedMetaData(GuardedConnection connection, DatabaseMetaData target)
    implements InvocationHandler {

  /** {@return the metadata as a body sees it} */
  static DatabaseMetaData of(GuardedConnection connection, DatabaseMetaData target) {
    return (DatabaseMetaData)
        Proxy.newProxyInstance(
            GuardedMetaData.class.getClassLoader(),
            new Class<?>[] {DatabaseMetaData.class},
            new GuardedMetaData(connection, target));
  }

  @Override
  public @Nullable Object invoke(Object self, Method method, @Nullable Object @Nullable [] given)
      throws Exception {
    if (method.getDeclaringClass() == Object.class || method.getDeclaringClass() == Wrapper.class) {
      String name = "metadata of " + connection.scope().name();
      return Identity.answer(connection, self, target, name, method, given);
    }
    return method.getName().equals("getConnection") ? connection.proxy() : call(method, given);
  }

  private @Nullable Object call(Method method, @Nullable Object @Nullable [] given)
      throws SQLException {
    return GuardedRows.guard(
        connection,
        connection.scope().call(null, () -> GuardedConnection.pass(target, method, given)));
  }
}
