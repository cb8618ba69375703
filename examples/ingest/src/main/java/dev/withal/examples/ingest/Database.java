package dev.withal.examples.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.withal.AsyncContextManager;
import dev.withal.r2dbc.Pool;
import dev.withal.r2dbc.PoolSettings;
import dev.withal.r2dbc.R2dbc;
import io.r2dbc.spi.Connection;
import java.nio.file.Path;
import java.util.Arrays;

/** What H2 and PostgreSQL need that R2DBC doesn't say. */
final class Database {
  private static final String H2_URL = "r2dbc:h2:";

  private Database() {}

  private static boolean isH2(Connection connection) {
    return connection.getMetadata().getDatabaseProductName().equals("H2");
  }

  static boolean isPostgresql(Connection connection) {
    return connection.getMetadata().getDatabaseProductName().equals("PostgreSQL");
  }

  /** {@return the URL of an H2 database in a file, which H2 adds ".mv.db" to} */
  static String urlOf(Path file) {
    return H2_URL + "file:///" + file.toAbsolutePath().normalize().toUri().getRawPath();
  }

  /** {@return a manager of two connections: one of the load, one for batches on their own} */
  static AsyncContextManager<Pool> pool(String url) {
    return OffThread.manager(R2dbc.pool(staysOpenAtSignals(url), PoolSettings.ofSize(2)));
  }

  /** By itself, H2 closes its databases on Ctrl-C, while others still roll back in them. */
  private static String staysOpenAtSignals(String url) {
    return url.startsWith(H2_URL) && !url.contains("DB_CLOSE_ON_EXIT")
        ? url + (url.contains("?") ? "&" : "?") + "DB_CLOSE_ON_EXIT=FALSE"
        : url;
  }

  /** {@return whether the creation of a table outlives the transaction that it is in} */
  static boolean commitsTables(Connection connection) {
    return isH2(connection);
  }

  /**
   * {@return texts to bind as one array} H2's driver makes a temporary CLOB of each string, which
   * fills the memory; bytes it takes as they are, and H2 makes text of them.
   */
  static Object[] array(Connection connection, String[] texts) {
    return isH2(connection)
        ? Arrays.stream(texts).map(text -> text.getBytes(UTF_8)).toArray(byte[][]::new)
        : texts;
  }

  /**
   * {@return an SQL identifier that means exactly this name} It is written without semicolons,
   * because H2's driver takes each for the end of a statement.
   */
  static String quoted(String name) {
    String plain = name.replace("\"", "\"\"");
    return plain.contains(";")
        ? "U&\"" + plain.replace("\\", "\\\\").replace(";", "\\003b") + "\""
        : "\"" + plain + "\"";
  }
}
