package dev.withal.jdbc;

import static org.assertj.core.api.Assumptions.assumeThat;

import dev.withal.database.testing.MariadbServer;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.mariadb.jdbc.MariaDbDataSource;

/** The data sources by which tests call MariaDB. */
final class Mariadb {
  private Mariadb() {}

  /** Skips a test where the machine has no MariaDB. */
  static void assumeThere() {
    assumeThat(MariadbServer.isThere()).as(MariadbServer.MISSING).isTrue();
  }

  /** Makes the table of the tests anew: {@code entry (id)}. */
  static void makeTable() throws Exception {
    Jdbc.connection(dataSource())
        .use(connection -> {
          Setting.run(connection, "drop table if exists entry");
          return Setting.run(connection, "create table entry (id int primary key)");
        });
  }

  static DataSource dataSource() {
    return overPort(MariadbServer.port());
  }

  /** {@return the same by way of another port} */
  static DataSource overPort(int port) {
    return of(port, MariadbServer.USER);
  }

  /** {@return the same of another user} */
  static DataSource ofOtherUser() {
    return of(MariadbServer.port(), MariadbServer.OTHER_USER);
  }

  /** {@return the same, whose transactions refuse to change what their snapshot doesn't show} */
  static DataSource ofSnapshots() {
    return of(
        MariadbServer.port(), MariadbServer.USER + "&sessionVariables=innodb_snapshot_isolation=1");
  }

  /** {@return those of a server where a lock wait that times out rolls back its transaction} */
  static DataSource ofRollbackOnTimeout() {
    return overPort(MariadbServer.portOfRollbackOnTimeout());
  }

  private static DataSource of(int port, String user) {
    try {
      return new MariaDbDataSource("jdbc:mariadb://127.0.0.1:" + port + "/test?user=" + user);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
