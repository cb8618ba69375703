package dev.withal.jdbc;

import dev.withal.Async;
import dev.withal.Context;
import dev.withal.DualContextManager;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLTransientConnectionException;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A data source for foreign code, which closes each connection itself.
 *
 * <p>Design: getting a connection enters a context in direct style, and closing the connection
 * exits that context. So a connection that is lent is recorded, bounded, cleaned and awaited as in
 * any use.
 *
 * @param connections the manager of the connections
 * @param name the name of the connections' source, for messages
 */
record BorrowingDataSource(DualContextManager<Connection> connections, String name)
    implements DataSource {

  @Override
  public Connection getConnection() throws SQLException {
    Async.refuseEventLoop("getConnection", "useAsync of a manager of connections");
    Context<? extends Connection> context = entered();
    return GuardedConnection.closing(context);
  }

  private Context<? extends Connection> entered() throws SQLException {
    try {
      return connections.enter();
    } catch (InterruptedException interruption) {
      Thread.currentThread().interrupt();
      throw new SQLTransientConnectionException(
          connections + " was interrupted while it waited for a connection of " + name,
          interruption);
    } catch (SQLException | RuntimeException error) {
      throw error;
    } catch (Exception error) {
      throw new SQLException(error);
    }
  }

  @Override
  public Connection getConnection(@Nullable String user, @Nullable String password)
      throws SQLException {
    throw new SQLFeatureNotSupportedException(
        "all connections of "
            + name
            + " belong to one user: set the user on the underlying data source, and call"
            + " getConnection() instead");
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    if (type.isInstance(this)) {
      return type.cast(this);
    }
    throw new SQLException("this data source of " + name + " wraps no " + type.getName());
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return type.isInstance(this);
  }

  @Override
  public @Nullable PrintWriter getLogWriter() {
    return null;
  }

  @Override
  public void setLogWriter(@Nullable PrintWriter out) throws SQLException {
    throw new SQLFeatureNotSupportedException(
        "this data source doesn't log: set a log writer on the data source behind "
            + name
            + " is made of");
  }

  @Override
  public int getLoginTimeout() {
    return 0;
  }

  @Override
  public void setLoginTimeout(int seconds) throws SQLException {
    throw new SQLFeatureNotSupportedException(
        "the wait for a connection is a setting of the pool: set its enterTimeout instead");
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException("this data source doesn't log to java.util.logging");
  }

  @Override
  public String toString() {
    return name;
  }
}
