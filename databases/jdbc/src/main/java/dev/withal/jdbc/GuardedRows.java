package dev.withal.jdbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * Rows that a driver fetches in batches, so that reading them waits for the server now and then,
 * rows that can be updated, and all rows of a data source's connection, which lead to it and not to
 * the driver's.
 *
 * <p>Design: a driver fetches as many rows as the fetch size says when {@code next} reaches the
 * first row that isn't there. That call is made as a call to a statement is, so an interruption
 * cancels it. The others are made on the calling thread, as one row isn't worth a switch of
 * threads. A driver that fetches at a different row then does so on the calling thread too. There,
 * an interruption of a virtual thread closes the driver's socket, which is also reported as a
 * cancellation. Closing rows of which some may not have been fetched is a call too, as MariaDB's
 * driver reads the rest of them.
 */
final class GuardedRows implements InvocationHandler {
  private final GuardedConnection connection;
  private final Statement statement;
  private final Statement guarded;
  private final ResultSet target;

  // Used by the reading thread only.
  private int fetchSize;
  private int left;

  /** Whether some rows may not have been fetched. */
  private volatile boolean isToBeRead;

  /**
   * @param statement the driver's statement
   * @param guarded the same statement as the body sees it
   * @param target the driver's rows, of which the first batch has been fetched
   * @param fetchSize the number of rows that are fetched at a time; 0 for all of them, and negative
   *     for one, as in MySQL's driver
   */
  GuardedRows(
      GuardedConnection connection,
      Statement statement,
      Statement guarded,
      ResultSet target,
      int fetchSize) {
    this.connection = connection;
    this.statement = statement;
    this.guarded = guarded;
    this.target = target;
    this.fetchSize = fetchSize == 0 ? Integer.MAX_VALUE : atATime(fetchSize);
    this.left = this.fetchSize;
    this.isToBeRead = fetchSize != 0;
  }

  private static int atATime(int fetchSize) {
    return fetchSize < 0 ? 1 : fetchSize;
  }

  boolean isToBeRead() {
    return isToBeRead;
  }

  /**
   * {@return whether the exit closes them instead} After an interruption or an abort, the driver
   * may still be busy with a call that has ended for its caller.
   */
  boolean areLeftToTheExit() {
    return connection.scope().isClosed()
        || connection.session().isAborted()
        || Thread.currentThread().isInterrupted();
  }

  /** {@return the rows as a body sees them} */
  ResultSet proxy() {
    return (ResultSet)
        Proxy.newProxyInstance(
            GuardedRows.class.getClassLoader(), new Class<?>[] {ResultSet.class}, this);
  }

  @Override
  public @Nullable Object invoke(Object self, Method method, @Nullable Object @Nullable [] given)
      throws Throwable {
    if (method.getDeclaringClass() == Object.class) {
      String name = "rows of " + connection.scope().name();
      return connection.common(self, target, name, method, given);
    }
    return switch (method.getName()) {
      case "next" -> next(method, given);
      case "previous",
          "first",
          "last",
          "absolute",
          "relative",
          "beforeFirst",
          "afterLast",
          "isLast",
          "insertRow",
          "updateRow",
          "deleteRow",
          "refreshRow" ->
          call(method, given);
      case "setFetchSize" -> setFetchSize(method, given);
      case "getStatement" -> guarded;
      case "close" -> isToBeRead ? close(method) : here(method, given);
      default -> here(method, given);
    };
  }

  private @Nullable Object next(Method method, @Nullable Object @Nullable [] given)
      throws Exception {
    Object isThere = left-- > 0 ? here(method, given) : fetch(method, given);
    if (Boolean.FALSE.equals(isThere)) {
      isToBeRead = false;
    }
    return isThere;
  }

  private @Nullable Object close(Method method) throws SQLException {
    if (!areLeftToTheExit()) {
      connection.scope().call(statement, () -> GuardedConnection.pass(target, method, null));
      isToBeRead = false;
    }
    return null;
  }

  private @Nullable Object fetch(Method method, @Nullable Object @Nullable [] given)
      throws SQLException {
    left = fetchSize - 1;
    return call(method, given);
  }

  private @Nullable Object setFetchSize(Method method, @Nullable Object @Nullable [] given)
      throws Exception {
    here(method, given);
    int asked = target.getFetchSize();
    fetchSize = asked == 0 ? fetchSize : atATime(asked);
    return null;
  }

  private @Nullable Object call(Method method, @Nullable Object @Nullable [] given)
      throws SQLException {
    return connection.call(statement, () -> GuardedConnection.pass(target, method, given));
  }

  private @Nullable Object here(Method method, @Nullable Object @Nullable [] given)
      throws Exception {
    try {
      return GuardedConnection.pass(target, method, given);
    } catch (SQLException error) {
      connection.session().failedCall(error);
      if (Thread.currentThread().isInterrupted() && connection.session().isDoomed()) {
        throw (CancellationException)
            new CancellationException(
                    connection.scope().name()
                        + " was interrupted while its rows were read, which costs the connection")
                .initCause(error);
      }
      throw error;
    }
  }
}
