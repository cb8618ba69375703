package dev.withal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.database.testing.DroppingProxy;
import dev.withal.database.testing.MariadbServer;
import dev.withal.database.testing.PostgresServer;
import dev.withal.testkit.LeakCheck;
import java.io.IOException;
import java.sql.Connection;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import javax.sql.DataSource;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A begin that was given up before the server answered takes no effect on the next body. */
@ExtendWith(LeakCheck.class)
class BeginInFlightTest {
  private final IOException broken = new IOException("broken");

  /** A server, and a word in what its driver sends to begin a transaction with a level. */
  enum Server {
    POSTGRESQL("CHARACTERISTICS"),
    MARIADB("autocommit=0");

    private final String word;

    Server(String word) {
      this.word = word;
    }

    DataSource overPort(int port) {
      return this == POSTGRESQL ? Postgres.overPort(port) : Mariadb.overPort(port);
    }

    int port() throws Exception {
      return this == POSTGRESQL ? PostgresServer.port() : MariadbServer.port();
    }
  }

  @ParameterizedTest
  @EnumSource
  void begin_isGivenUpAndTheBodySucceeds_nextBodysWorkIsCommitted(Server server) throws Exception {
    keepsTheNext(server, inner -> inner.handle((_, error) -> error), null);
  }

  @ParameterizedTest
  @EnumSource
  void begin_isGivenUpAndTheBodyFails_nextBodysWorkIsCommitted(Server server) throws Exception {
    keepsTheNext(
        server,
        inner ->
            inner.handle((_, _) -> null).thenCompose(_ -> CompletableFuture.failedStage(broken)),
        broken);
  }

  private void keepsTheNext(
      Server server,
      Function<CompletionStage<?>, CompletionStage<Object>> endOfBody,
      Throwable told)
      throws Exception {
    if (server == Server.MARIADB) {
      Mariadb.assumeThere();
    }
    DataSource direct = server.overPort(server.port());
    Jdbc.connection(direct)
        .use(connection -> {
          Setting.run(connection, "drop table if exists entry");
          return Setting.run(connection, "create table entry (id int primary key)");
        });
    int level = Jdbc.connection(direct).use(Connection::getTransactionIsolation);

    try (var proxy = new DroppingProxy(server.port())) {
      Jdbc.pool(server.overPort(proxy.port()), PoolSettings.ofSize(1))
          .run(pool -> {
            assertThat(giveUpBegin(pool, proxy.hold(server.word), endOfBody)).isSameAs(told);

            pool.connection()
                .run(connection -> {
                  assertThat(connection.getTransactionIsolation()).isEqualTo(level);
                  Setting.insert(connection, 1);
                });
          });
    }
    long rows =
        Jdbc.connection(direct)
            .use(connection -> Setting.ask(connection, "select count(*) from entry"));
    assertThat(rows).isEqualTo(1);
  }

  private Throwable giveUpBegin(
      Pool pool,
      DroppingProxy.Hold begin,
      Function<CompletionStage<?>, CompletionStage<Object>> endOfBody)
      throws Exception {
    var given = new CompletableFuture<CompletableFuture<?>>();
    CompletableFuture<Object> use =
        pool.connection()
            .useAsync(connection -> {
              CompletableFuture<Object> inner =
                  Jdbc.transaction(
                          connection,
                          TransactionOptions.DEFAULT.isolation(IsolationLevel.SERIALIZABLE))
                      .grace(Duration.ZERO)
                      .useAsync(_ -> new CompletableFuture<>());
              given.complete(inner);
              return endOfBody.apply(inner);
            });
    Async.await(begin.reached());

    given.join().cancel(true);
    assertThat(catchThrowable(() -> Async.await(given.join())))
        .isInstanceOf(CancellationException.class);
    assertThat(use).as("the exit waits for the begin").isNotDone();
    begin.letGo();

    return catchThrowable(() -> Async.await(use));
  }
}
