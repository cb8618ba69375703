package dev.withal.database.testing;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** A real PostgreSQL on this machine, one for all tests; it ends with the process. */
public final class PostgresServer {
  private static final EmbeddedPostgres SERVER = start();

  private PostgresServer() {}

  /**
   * {@return the port of the server} Its superuser {@code postgres} needs no password, all others
   * do.
   */
  public static int port() {
    return SERVER.getPort();
  }

  /** {@return a port at which no server is} */
  public static int portOfNobody() {
    try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
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
      return EmbeddedPostgres.builder()
          .setServerConfig("hba_file", access.toString())
          .setPGStartupWait(Duration.ofMinutes(1))
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
