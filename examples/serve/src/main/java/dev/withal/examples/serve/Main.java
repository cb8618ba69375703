package dev.withal.examples.serve;

import dev.withal.Async;
import java.time.Duration;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** Serves until the process is told to end: {@code serve [PORT [JDBC-URL]]}. */
final class Main {
  /** The time to end in, once the process is told to; Kubernetes waits for 30 s. */
  private static final Duration GRACE = Duration.ofSeconds(20);

  /** How long requests that run then may take. */
  private static final Duration DRAIN = Duration.ofSeconds(10);

  private Main() {}

  /**
   * Serves, and ends the process: with exit code 143 after a SIGTERM.
   *
   * @param args the port, 8080 unless given, and the URL of a database, an embedded H2 unless given
   */
  public static void main(String[] args) throws Exception {
    int port = args.length > 0 ? Integer.parseInt(args[0]) : 8080;
    String url = args.length > 1 ? args[1] : "jdbc:h2:mem:bank;DB_CLOSE_DELAY=-1";
    Async.run(
        GRACE,
        () ->
            new Service(database(url), port)
                .run(service -> {
                  System.out.println("serving on " + service.address());
                  Async.untilShutdown(DRAIN);
                  System.out.println("draining");
                }));
  }

  static DataSource database(String url) {
    if (url.startsWith("jdbc:postgresql:")) {
      var postgres = new PGSimpleDataSource();
      postgres.setURL(url);
      return postgres;
    }
    var h2 = new JdbcDataSource();
    h2.setURL(url);
    return h2;
  }
}
