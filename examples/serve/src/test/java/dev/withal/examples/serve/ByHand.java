package dev.withal.examples.serve;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.sql.DataSource;

/** The transfers of the service as they are written without Withal: HikariCP, try and finally. */
final class ByHand implements AutoCloseable {
  private final HikariDataSource pool;
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer server;

  ByHand(DataSource database) throws IOException, SQLException {
    var config = new HikariConfig();
    config.setDataSource(database);
    config.setMaximumPoolSize(16);
    config.setConnectionTimeout(10_000);
    pool = new HikariDataSource(config);
    try (Connection connection = pool.getConnection()) {
      Bank.create(connection);
    }
    server = HttpServer.create(new InetSocketAddress(0), 4096);
    server.setExecutor(executor);
    server.createContext("/transfer", this::transfer);
    server.start();
  }

  String address() {
    return "http://localhost:" + server.getAddress().getPort();
  }

  private void transfer(HttpExchange exchange) throws IOException {
    try (exchange) {
      int status = 200;
      String text = "done";
      try {
        transfer(number(exchange, "from"), number(exchange, "to"), number(exchange, "amount"));
      } catch (Bank.Refused e) {
        status = 409;
        text = e.getMessage();
      } catch (SQLException e) {
        status = 500;
        text = e.toString();
      }
      byte[] body = text.getBytes(UTF_8);
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private void transfer(int from, int to, int amount) throws SQLException, Bank.Refused {
    for (int attempt = 1; ; attempt++) {
      try (Connection connection = pool.getConnection()) {
        connection.setAutoCommit(false);
        boolean done = false;
        try {
          Bank.transfer(connection, from, to, amount);
          connection.commit();
          done = true;
          return;
        } finally {
          if (!done) {
            connection.rollback();
          }
        }
      } catch (SQLException e) {
        if (attempt == 10 || !"40001".equals(e.getSQLState())) {
          throw e;
        }
      }
    }
  }

  private static int number(HttpExchange exchange, String name) {
    return Integer.parseInt(
        Arrays.stream(exchange.getRequestURI().getQuery().split("&"))
            .filter(part -> part.startsWith(name + "="))
            .map(part -> part.substring(name.length() + 1))
            .findFirst()
            .orElseThrow());
  }

  @Override
  public void close() {
    server.stop(1);
    executor.close();
    pool.close();
  }
}
