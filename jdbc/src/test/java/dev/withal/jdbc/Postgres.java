package dev.withal.jdbc;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** A real PostgreSQL, one for all tests; it ends with the process. */
final class Postgres {
  private static final EmbeddedPostgres SERVER = start();

  private Postgres() {}

  /** {@return a data source of its superuser, who needs no password} */
  static DataSource dataSource() {
    return overPort(SERVER.getPort());
  }

  static int port() {
    return SERVER.getPort();
  }

  /** {@return the same by way of another port} */
  static PGSimpleDataSource overPort(int port) {
    var dataSource = new PGSimpleDataSource();
    dataSource.setServerNames(new String[] {"localhost"});
    dataSource.setPortNumbers(new int[] {port});
    dataSource.setDatabaseName("postgres");
    dataSource.setUser("postgres");
    return dataSource;
  }

  /** {@return the same, whose sessions the server knows by a name} */
  static DataSource named(String application) {
    PGSimpleDataSource dataSource = overPort(SERVER.getPort());
    dataSource.setApplicationName(application);
    return dataSource;
  }

  /** {@return a data source of a server that is not there} */
  static DataSource ofNobody() {
    try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      PGSimpleDataSource dataSource = overPort(free.getLocalPort());
      dataSource.setPassword("s3cret");
      return dataSource;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static EmbeddedPostgres start() {
    try {
      return EmbeddedPostgres.builder().setPGStartupWait(Duration.ofMinutes(1)).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
