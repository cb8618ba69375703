package dev.withal.jdbc;

import dev.withal.database.internal.SqlText;
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
 * statement, setting its parameters and reading its rows happen on the calling one. Closing a
 * statement may wait for the server as well, if not all of its rows were fetched.
 */
final class GuardedStatement implements InvocationHandler {
  private final GuardedConnection connection;
  private final Statement target;
  private final @Nullable SqlText prepared;

  /** The SQL in the batch that ends a transaction; null if none does. */
  private volatile @Nullable SqlText ending;

  /** Whether the body has set a fetch size. */
  private volatile boolean isSized;

  /** The rows that were asked for last; null if there were none since it was executed. */
  private volatile @Nullable GuardedRows rows;

  /**
   * @param target the driver's statement
   * @param prepared the SQL that it was prepared with; null if it runs any
   */
  GuardedStatement(GuardedConnection connection, Statement target, @Nullable SqlText prepared) {
    this.connection = connection;
    this.target = target;
    this.prepared = prepared;
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
      return Identity.answer(connection, self, target, name, method, given);
    }
    String name = method.getName();
    if (name.startsWith("execute") || name.equals("addBatch")) {
      check(name, given);
    }
    Object result =
        switch (name) {
          case "getConnection" -> connection.proxy();
          case "close" -> close(method);
          case "isClosed" -> GuardedConnection.pass(target, method, given);
          // The exit awaits it, as a late request could hit a statement of the next user.
          case "cancel" ->
              connection
                  .scope()
                  .<@Nullable Object>enter(() -> GuardedConnection.pass(target, method, given));
          // The server is asked to describe a statement that has not been executed.
          case "getMetaData", "getParameterMetaData" -> call(method, given);
          case "getMoreResults" -> run(method, given);
          default -> name.startsWith("execute") ? run(method, given) : here(method, given);
        };
    switch (name) {
      case "setFetchSize" -> isSized = true;
      case "setQueryTimeout" -> connection.session().setsQueryTimeout();
      case "clearBatch", "executeBatch", "executeLargeBatch" -> ending = null;
      default -> {}
    }
    return result instanceof ResultSet made
        ? rows((Statement) self, made)
        : GuardedRows.guard(connection, result);
  }

  /** A transaction may have begun since SQL was prepared or added to the batch. */
  private void check(String name, @Nullable Object @Nullable [] given) throws SQLException {
    if (given != null && given[0] instanceof String sql) {
      SqlText text = connection.check(connection.session().textOf(sql));
      if (name.equals("addBatch") && text.ending() != null) {
        ending = text;
      }
    } else if (prepared != null) {
      connection.check(prepared);
    }
    SqlText batched = name.endsWith("Batch") ? ending : null;
    if (batched != null) {
      connection.check(batched);
    }
  }

  private ResultSet rows(Statement self, ResultSet made) throws SQLException {
    GuardedRows last = rows;
    if (last != null && last.are(made)) {
      return last.proxy();
    }
    var guarded = new GuardedRows(connection, target, self, made, fetchSize(), isUpdatable());
    rows = guarded;
    return guarded.proxy();
  }

  /**
   * {@return how many rows are fetched at a time; 0 for all of them} A driver that reads from
   * sockets may have a size from its URL. Others have one of their own, even if they fetch nothing.
   */
  private int fetchSize() throws SQLException {
    return isSized || connection.session().physical().readsSockets() ? target.getFetchSize() : 0;
  }

  private boolean isUpdatable() throws SQLException {
    return target.getResultSetConcurrency() == ResultSet.CONCUR_UPDATABLE;
  }

  /** Makes a call that ends the rows there were. */
  private @Nullable Object run(Method method, @Nullable Object @Nullable [] given)
      throws SQLException {
    rows = null;
    return call(method, given);
  }

  private @Nullable Object call(Method method, @Nullable Object @Nullable [] given)
      throws SQLException {
    return connection.call(target, () -> GuardedConnection.pass(target, method, given));
  }

  private @Nullable Object here(Method method, @Nullable Object @Nullable [] given)
      throws Exception {
    connection.scope().requireOpen();
    GuardedArray.unguard(given);
    return GuardedConnection.pass(target, method, given);
  }

  /** Does nothing after the exit, which has closed the statement. */
  private @Nullable Object close(Method method) throws Exception {
    Scope scope = connection.scope();
    GuardedRows last = rows;
    GuardedRows toBeRead = last != null && last.isToBeRead() ? last : null;
    if (scope.isClosed() || (toBeRead != null && toBeRead.areLeftToTheExit())) {
      return null;
    }
    if (toBeRead != null) {
      scope.call(target, () -> GuardedConnection.pass(target, method, null));
    } else {
      GuardedConnection.pass(target, method, null);
    }
    scope.closed(target);
    return null;
  }
}
