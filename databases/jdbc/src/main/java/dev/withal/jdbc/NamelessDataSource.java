package dev.withal.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A data source that reveals no secrets: neither its URL, nor the parts of it that its driver
 * quotes.
 */
record NamelessDataSource(DataSource target) {

  /** {@return a connection; null if the data source returns none} Blocks. */
  @Nullable Connection getConnection() throws SQLException {
    try {
      return target.getConnection();
    } catch (Exception error) {
      if (Secrets.areToldBy(error)) {
        throw Secrets.hiddenIn(error);
      }
      throw error;
    }
  }

  /** {@return the error for a data source that returned none} */
  IllegalStateException gaveNull() {
    return new IllegalStateException(
        this + ".getConnection() returned null instead of a connection");
  }

  @Override
  public String toString() {
    return target.getClass().getSimpleName();
  }
}
