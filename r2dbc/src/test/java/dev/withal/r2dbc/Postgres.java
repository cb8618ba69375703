package dev.withal.r2dbc;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;

/** A real PostgreSQL, one for all tests; it ends with the process. */
final class Postgres {
  private static final EmbeddedPostgres SERVER = start();

  private Postgres() {}

  /** {@return the URL of its superuser, who needs no password} */
  static String url() {
    return "r2dbc:postgresql://postgres@localhost:" + SERVER.getPort() + "/postgres";
  }

  static int port() {
    return SERVER.getPort();
  }

  /** {@return the URL of its superuser by way of another port} */
  static String urlOverPort(int port) {
    return "r2dbc:postgresql://postgres@localhost:" + port + "/postgres";
  }

  /** {@return the URL of somebody else, who has to give the right password} */
  static String url(String user, String password) {
    return "r2dbc:postgresql://%s:%s@localhost:%d/postgres"
        .formatted(user, password, SERVER.getPort());
  }

  /** {@return the URL of a server that is not there} */
  static String urlOfNobody() {
    try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return "r2dbc:postgresql://user:s3cret@127.0.0.1:%d/test".formatted(free.getLocalPort());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static EmbeddedPostgres start() {
    try {
      Path access = Files.createTempFile("pg_hba", ".conf");
      access.toFile().deleteOnExit();
      Files.writeString(
          access,
          """
          host all postgres all trust
          host all all      all scram-sha-256
          """);
      // The server runs as another user where this process runs as root.
      access.toFile().setReadable(true, false);
      return EmbeddedPostgres.builder().setServerConfig("hba_file", access.toString()).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
