package dev.withal.examples.article;

import dev.withal.Async;
import dev.withal.AsyncContextManager;
import dev.withal.r2dbc.R2dbc;
import io.r2dbc.spi.Connection;

/** {@link ManagerAsGenerator} over a real connection, to a database in memory. */
final class RealDatabase {

  static AsyncContextManager<Connection> dbConnection() {
    return AsyncContextManager.generator(yield -> {
      IO.println("Connecting...");
      R2dbc.connection("r2dbc:h2:mem:///article")
          .run(connection -> {
            try {
              yield.value(connection);
            } finally {
              IO.println("Disconnecting...");
            }
          });
    });
  }

  static void main() throws InterruptedException {
    Async.run(() -> dbConnection().run(RealDatabase::ask));
  }

  private static void ask(Connection connection) throws InterruptedException {
    var results = connection.createStatement("select 6 * 7").execute();
    Integer answer = Async.await(R2dbc.first(results, row -> row.get(0, Integer.class)));
    System.out.printf("Using DB connection: 6 * 7 = %d%n", answer);
  }
}
