package dev.withal.benchmarks.jmh;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * A real PostgreSQL. The process of the command starts it, once for all others, which find it by a
 * property.
 */
public final class PostgresServer implements AutoCloseable {
  private static final String PORT = "withal.benchmarks.postgres";

  private final EmbeddedPostgres server;

  private PostgresServer(EmbeddedPostgres server) {
    this.server = server;
  }

  /** {@return a server that has just been started} */
  public static PostgresServer start() {
    try {
      return new PostgresServer(EmbeddedPostgres.start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** {@return the argument by which another process finds it} */
  public String argument() {
    return "-D" + PORT + "=" + server.getPort();
  }

  /** {@return the URL of the one that this process was told of} */
  static String url() {
    return "r2dbc:postgresql://postgres@localhost:" + port() + "/postgres";
  }

  /** {@return the same for JDBC} */
  static String jdbcUrl() {
    return "jdbc:postgresql://localhost:" + port() + "/postgres?user=postgres";
  }

  private static int port() {
    int port = Integer.getInteger(PORT, 0);
    Checks.require(port != 0, "a server runs, at the port that -D" + PORT + " says");
    return port;
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
