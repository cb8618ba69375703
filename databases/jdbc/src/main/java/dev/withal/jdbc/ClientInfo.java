package dev.withal.jdbc;

import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Calls the methods of JDBC whose signature admits only one {@code SQLException}. */
final class ClientInfo {
  private ClientInfo() {}

  /** Sets something. */
  interface Call {
    @Nullable Object make() throws SQLException;
  }

  /** {@return the result of the call, whose errors are thrown as the signature wants them} */
  static @Nullable Object set(Call call) throws SQLClientInfoException {
    try {
      return call.make();
    } catch (SQLClientInfoException error) {
      throw error;
    } catch (SQLException error) {
      throw new SQLClientInfoException(
          error.getMessage(), error.getSQLState(), error.getErrorCode(), Map.of(), error);
    }
  }
}
