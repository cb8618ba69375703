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
      return attempt();
    } catch (SQLException error) {
      throw Unreachable.causeOf(error);
    }
  }

  /**
   * {@return the same, as one of several attempts} Blocks.
   *
   * @throws Unreachable if another attempt may succeed a moment later
   */
  @Nullable Connection attempt() throws SQLException {
    try {
      return target.getConnection();
    } catch (SQLException error) {
      // A copy without secrets has lost its class.
      throw Unreachable.orNot(error, Secrets.areToldBy(error) ? Secrets.hiddenIn(error) : error);
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
