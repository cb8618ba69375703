package dev.withal.r2dbc;

import dev.withal.database.testing.PostgresServer;

/** The URLs by which tests call PostgreSQL. */
final class Postgres {
  private Postgres() {}

  /** {@return the URL of its superuser, who needs no password} */
  static String url() {
    return urlOverPort(PostgresServer.port());
  }

  /** {@return the URL of its superuser by way of another port} */
  static String urlOverPort(int port) {
    return "r2dbc:postgresql://postgres@localhost:" + port + "/postgres";
  }

  /** {@return the URL of somebody else, who has to give the right password} */
  static String url(String user, String password) {
    return "r2dbc:postgresql://%s:%s@localhost:%d/postgres"
        .formatted(user, password, PostgresServer.port());
  }

  /** {@return the URL of a server that is not there} */
  static String urlOfNobody() {
    return "r2dbc:postgresql://user:s3cret@127.0.0.1:%d/test"
        .formatted(PostgresServer.portOfNobody());
  }
}
