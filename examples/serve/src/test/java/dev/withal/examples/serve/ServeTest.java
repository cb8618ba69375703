package dev.withal.examples.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.Async;
import dev.withal.database.testing.PostgresServer;
import dev.withal.jdbc.Jdbc;
import dev.withal.jdbc.Pool;
import dev.withal.tasks.Tasks;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/** The service over a real socket. */
class ServeTest {
  private static final AtomicInteger SCHEMAS = new AtomicInteger();
  private final DataSource database = database();

  static DataSource database() {
    var h2 = new JdbcDataSource();
    h2.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
    return h2;
  }

  /** {@return a PostgreSQL whose accounts are new, and a schema of its own for each that asks} */
  static DataSource postgres() throws Exception {
    String schema = "serve" + SCHEMAS.incrementAndGet();
    var postgres = new PGSimpleDataSource();
    postgres.setURL("jdbc:postgresql://localhost:" + PostgresServer.port() + "/postgres");
    postgres.setUser("postgres");
    try (var connection = postgres.getConnection();
        var statement = connection.createStatement()) {
      statement.execute("create schema " + schema);
    }
    postgres.setCurrentSchema(schema);
    return postgres;
  }

  @Test
  void transfer_movesMoney() throws Exception {
    new Service(database, 0)
        .run(service -> {
          try (var client = new Client(service.address())) {
            assertThat(client.get("/ready").status()).isEqualTo(200);
            assertThat(client.get("/transfer?from=1&to=2&amount=300").body()).isEqualTo("done");
            assertThat(client.get("/transfer?from=1&to=2&amount=701"))
                .isEqualTo(new Client.Answer(409, "there isn't enough on account 1"));
            assertThat(client.get("/transfer?from=1&to=1000&amount=1"))
                .isEqualTo(new Client.Answer(409, "there is no account 1000"));
            assertThat(client.get("/transfer?from=1&to=2").status()).isEqualTo(400);
            assertThat(client.get("/transfer?from=1&to=2&amount=-1").status()).isEqualTo(400);
            assertThat(client.get("/total").body()).isEqualTo("1000000");
            assertThat(client.get("/").body()).contains("<title>serve</title>");
          }
        });
  }

  @Test
  void events_comeUntilTheClientHasEnough() throws Exception {
    new Service(database, 0)
        .run(service -> {
          try (var client = new Client(service.address())) {
            client.send("/totals");
            awaitLine(client, "data: 1000000");
          }
          awaitIdle(service.pool());
        });
  }

  @Test
  void client_hangsUp_cancelsItsStatement() throws Exception {
    hangUp(database);
  }

  @Test
  void client_hangsUp_cancelsItsStatementOnPostgres() throws Exception {
    DataSource postgres = postgres();
    hangUp(postgres);

    // The server hears of a cancellation by a signal, in its own time; the audit would take days.
    try (var connection = postgres.getConnection();
        var statement = connection.createStatement()) {
      while (auditRuns(statement)) {
        statement.execute("select pg_sleep(0.02)");
      }
    }
  }

  /**
   * H2 computes on the thread that calls it, and a virtual thread that computes lets no other run.
   */
  @Test
  void audits_embeddedDatabaseIsBusyOnEachProcessor_othersAreServed() throws Exception {
    int audits = Runtime.getRuntime().availableProcessors();
    new Service(database, 0)
        .run(service -> {
          var clients = new ArrayList<Client>();
          for (int i = 0; i < audits; i++) {
            var client = new Client(service.address());
            clients.add(client);
            client.send("/audit");
            awaitLine(client, ":");
          }
          try (var other = new Client(service.address())) {
            assertThat(other.get("/total").body()).isEqualTo("1000000");
          }
          for (Client client : clients) {
            client.close();
          }
          awaitIdle(service.pool());
        });
  }

  private static boolean auditRuns(Statement statement) throws SQLException {
    try (var running =
        statement.executeQuery(
            "select 1 from pg_stat_activity where state = 'active'"
                + " and query like 'select count(*) from account a%'")) {
      return running.next();
    }
  }

  private static void hangUp(DataSource database) throws Exception {
    new Service(database, 0)
        .run(service -> {
          try (var client = new Client(service.address())) {
            client.send("/audit"); // would take days
            awaitLine(client, ":");
            assertThat(service.pool().inUse()).isLessThanOrEqualTo(1);
          }
          awaitIdle(service.pool());
        });
  }

  @Test
  void drain_newRequestsAreRefusedAndRunningOnesFinish() throws Exception {
    var running = new CompletableFuture<Client>();
    var drained = new CompletableFuture<String>();
    new Service(database, 0)
        .run(service -> {
          var client = new Client(service.address());
          client.send("/totals");
          awaitLine(client, "data: 1000000");
          running.complete(client);
          Thread.ofVirtual().start(() -> drained.completeAsync(() -> readToTheEnd(client)));
        });

    assertThat(drained.get()).isEqualTo("data: over");
    running.join().close();
  }

  @Test
  void main_isInterruptedAsItDrains_endsRequestsThatTakeTooLong() throws Exception {
    var opened = new CompletableFuture<Client>();
    Tasks.group()
        .run(group -> {
          var service =
              group.launch(() ->
                  new Service(database, 0)
                      .run(running -> {
                        var client = new Client(running.address());
                        client.send("/audit");
                        awaitLine(client, ":");
                        opened.complete(client);
                      }));
          try (Client client = Async.await(opened)) {
            service.cancel(true);
            CompletableFuture<String> ended = service.handle((_, _) -> "ended");
            assertThat(Async.<String, RuntimeException>await(ended)).isEqualTo("ended");
            assertThat(client).isNotNull();
          }
        });
  }

  @Test
  void main_isInterruptedAsATransferWaits_isRolledBackWith503() throws Exception {
    DataSource postgres = postgres();
    var opened = new CompletableFuture<Service.Running>();
    Tasks.group()
        .run(group -> {
          var service =
              group.launch(() ->
                  new Service(postgres, 0)
                      .run(running -> {
                        opened.complete(running);
                        Async.sleep(Duration.ofMinutes(1));
                      }));
          Service.Running running = Async.await(opened);
          try (var client = new Client(running.address())) {
            Jdbc.transaction(postgres)
                .run(connection -> {
                  Bank.transfer(connection, 1, 2, 1); // locks both rows
                  client.send("/transfer?from=1&to=2&amount=3");
                  while (running.pool().inUse() == 0) {
                    Async.sleep(Duration.ofMillis(5));
                  }
                  service.cancel(true);

                  assertThat(client.receive())
                      .isEqualTo(
                          new Client.Answer(503, "the service has ended, and nothing was done"));
                });
          }
        });

    try (var connection = postgres.getConnection();
        var statement = connection.createStatement();
        var balances =
            statement.executeQuery("select balance from account where id in (1, 2) order by id")) {
      assertThat(balances.next()).isTrue();
      assertThat(balances.getInt(1)).isEqualTo(999);
      assertThat(balances.next()).isTrue();
      assertThat(balances.getInt(1)).isEqualTo(1_001);
    }
  }

  @Test
  void start_failsHalfWay_exitsWhatWasEntered() throws Exception {
    new Service(database, 0)
        .run(service -> {
          int port = java.net.URI.create(service.address()).getPort();
          var failed = new CompletableFuture<Throwable>();
          try {
            new Service(database(), port).run(_ -> {});
          } catch (Exception e) {
            failed.complete(e);
          }
          assertThat(failed.join()).isInstanceOf(java.net.BindException.class);
        });
  }

  private static String readToTheEnd(Client client) {
    String last = "";
    try {
      for (String line = client.line(); !line.equals("0"); line = client.line()) {
        last = line.startsWith("data") ? line : last;
      }
      return last;
    } catch (java.io.IOException e) {
      return last + ", then " + e;
    }
  }

  private static void awaitLine(Client client, String wanted) throws java.io.IOException {
    while (!client.line().equals(wanted)) {
      assertThat(Thread.interrupted()).isFalse();
    }
  }

  /**
   * The server sees that a client has gone when it writes to it, which it does five times a second.
   */
  static void awaitIdle(Pool pool) throws InterruptedException {
    while (pool.inUse() > 0) {
      Async.sleep(Duration.ofMillis(10));
    }
  }
}
