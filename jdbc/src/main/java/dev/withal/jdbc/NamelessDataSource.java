package dev.withal.jdbc;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.function.UnaryOperator;
import java.util.logging.Logger;
import javax.sql.DataSource;

/**
 * A data source that tells no secrets: HikariCP logs what one says of itself, and what it throws.
 */
record NamelessDataSource(DataSource target, UnaryOperator<Connection> shown)
    implements DataSource {

  NamelessDataSource(DataSource target) {
    this(target, UnaryOperator.identity());
  }

  /**
   * {@return the same}
   *
   * @param other makes of its connections what is handed out
   */
  NamelessDataSource showing(UnaryOperator<Connection> other) {
    return new NamelessDataSource(target, other);
  }

  @Override
  public Connection getConnection() throws SQLException {
    try {
      Connection made = target.getConnection();
      return made == null ? made : shown.apply(made);
    } catch (Exception error) {
      if (Secrets.areToldBy(error)) {
        throw Secrets.hiddenIn(error);
      }
      throw error;
    }
  }

  @Override
  public Connection getConnection(String username, String password) throws SQLException {
    return target.getConnection(username, password);
  }

  @Override
  public PrintWriter getLogWriter() throws SQLException {
    return target.getLogWriter();
  }

  @Override
  public void setLogWriter(PrintWriter out) throws SQLException {
    target.setLogWriter(out);
  }

  @Override
  public void setLoginTimeout(int seconds) throws SQLException {
    target.setLoginTimeout(seconds);
  }

  @Override
  public int getLoginTimeout() throws SQLException {
    return target.getLoginTimeout();
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    return target.getParentLogger();
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    return target.unwrap(type);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) throws SQLException {
    return target.isWrapperFor(type);
  }

  @Override
  public String toString() {
    return target.getClass().getSimpleName();
  }
}
