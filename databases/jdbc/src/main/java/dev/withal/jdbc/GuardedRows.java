package dev.withal.jdbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * A driver's rows as a body sees them: they lead to its statement and its connection, and not to
 * the driver's.
 *
 * <p>Design: all calls but a few are passed on as they are, on the calling thread, as one row isn't
 * worth a switch of threads. Some rows aren't all there, since the driver fetches them in batches,
 * or can be updated. Their calls that wait for the server are made as calls to a statement are, so
 * an interruption cancels them. A driver fetches as many rows as the fetch size says when {@code
 * next} reaches the first row that isn't there. If it fetches at a different row, it does so on the
 * calling thread. There, an interruption of a virtual thread closes the driver's socket, which is
 * also reported as a cancellation. Closing rows of which some may not have been fetched is a call
 * too, as MariaDB's driver reads the rest of them.
 */
final class GuardedRows implements InvocationHandler {
  private final GuardedConnection connection;
  private final @Nullable Statement statement;
  private final ResultSet target;
  private final boolean asksServer;
  private final ResultSet proxy;

  /** The statement as the body sees it; null until it is asked for if the driver has made it. */
  private volatile @Nullable Statement guarded;

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
   * @param isUpdatable whether the rows can be updated
   */
  GuardedRows(
      GuardedConnection connection,
      @Nullable Statement statement,
      @Nullable Statement guarded,
      ResultSet target,
      int fetchSize,
      boolean isUpdatable) {
    this.connection = connection;
    this.statement = statement;
    this.guarded = guarded;
    this.target = target;
    this.fetchSize = fetchSize == 0 ? Integer.MAX_VALUE : atATime(fetchSize);
    this.left = this.fetchSize;
    this.isToBeRead = fetchSize != 0;
    this.asksServer = isToBeRead || isUpdatable;
    this.proxy =
        (ResultSet)
            Proxy.newProxyInstance(
                GuardedRows.class.getClassLoader(), new Class<?>[] {ResultSet.class}, this);
  }

  /**
   * {@return the same object, or if it is rows of a statement of the driver's own or an array,
   * which has such rows, that guarded}
   */
  static @Nullable Object guard(GuardedConnection connection, @Nullable Object made) {
    if (made instanceof Array array) {
      return GuardedArray.of(connection, array);
    }
    return made instanceof ResultSet rows
        ? new GuardedRows(connection, null, null, rows, 0, false).proxy
        : made;
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
    return proxy;
  }

  /** {@return whether these are the driver's rows} */
  boolean are(ResultSet made) {
    return target == made;
  }

  @Override
  public @Nullable Object invoke(Object self, Method method, @Nullable Object @Nullable [] given)
      throws Throwable {
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
          asksServer ? call(method, given) : here(method, given);
      case "setFetchSize" -> setFetchSize(method, given);
      case "getStatement" -> statement(method);
      // A cursor is rows as well.
      case "getObject", "getArray" -> guard(connection, here(method, given));
      case "close" -> isToBeRead ? close(method) : here(method, given);
      case "equals", "hashCode", "toString", "unwrap", "isWrapperFor" ->
          Identity.answer(
              connection, self, target, "rows of " + connection.scope().name(), method, given);
      default -> here(method, given);
    };
  }

  private @Nullable Statement statement(Method method) throws Exception {
    Statement known = guarded;
    if (known == null && here(method, null) instanceof Statement own) {
      known = new GuardedStatement(connection, own, null).proxy(Statement.class);
      guarded = known;
    }
    return known;
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
    GuardedArray.unguard(given);
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
