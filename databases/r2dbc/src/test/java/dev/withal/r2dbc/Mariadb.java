package dev.withal.r2dbc;

import static org.assertj.core.api.Assumptions.assumeThat;

import dev.withal.database.testing.MariadbServer;

/** The URLs by which tests call MariaDB. */
final class Mariadb {
  private Mariadb() {}

  /** Skips a test where the machine has no MariaDB. */
  static void assumeThere() {
    assumeThat(MariadbServer.isThere()).as(MariadbServer.MISSING).isTrue();
  }

  static String url() {
    return urlOverPort(MariadbServer.port());
  }

  /** {@return the same by way of another port} */
  static String urlOverPort(int port) {
    return url(port, MariadbServer.USER);
  }

  /** {@return the same of another user} */
  static String urlOfOtherUser() {
    return url(MariadbServer.port(), MariadbServer.OTHER_USER);
  }

  /** {@return the URL of a server where a lock wait that times out rolls back its transaction} */
  static String urlOfRollbackOnTimeout() {
    return urlOverPort(MariadbServer.portOfRollbackOnTimeout());
  }

  private static String url(int port, String user) {
    return "r2dbc:mariadb://" + user + "@127.0.0.1:" + port + "/test";
  }
}
