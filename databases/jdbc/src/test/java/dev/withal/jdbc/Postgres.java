package dev.withal.jdbc;

import dev.withal.database.testing.PostgresServer;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** The data sources by which tests call PostgreSQL. */
final class Postgres {
  private Postgres() {}

  /** {@return a data source of its superuser, who needs no password} */
  static DataSource dataSource() {
    return overPort(PostgresServer.port());
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
    PGSimpleDataSource dataSource = overPort(PostgresServer.port());
    dataSource.setApplicationName(application);
    return dataSource;
  }

  /** {@return a data source of a server that is not there} */
  static DataSource ofNobody() {
    PGSimpleDataSource dataSource = overPort(PostgresServer.portOfNobody());
    dataSource.setPassword("s3cret");
    return dataSource;
  }
}
