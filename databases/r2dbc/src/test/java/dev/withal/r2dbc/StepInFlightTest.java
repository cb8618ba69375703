package dev.withal.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.database.testing.DroppingProxy;
import dev.withal.database.testing.MariadbServer;
import dev.withal.database.testing.PostgresServer;
import dev.withal.testkit.LeakCheck;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.IsolationLevel;
import java.io.IOException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.reactivestreams.Publisher;

/** What the server hasn't answered as a body ends takes no effect on the next one. */
@ExtendWith(LeakCheck.class)
class StepInFlightTest {
  private final IOException broken = new IOException("broken");

  /** A server, whose answers the proxy holds up. */
  enum Server {
    POSTGRESQL,
    MARIADB;

    int port() throws Exception {
      return this == POSTGRESQL ? PostgresServer.port() : MariadbServer.port();
    }

    String urlOverPort(int port) {
      return this == POSTGRESQL ? Postgres.urlOverPort(port) : Mariadb.urlOverPort(port);
    }
  }

  interface Use {
    void of(Pool pool, DroppingProxy proxy) throws Exception;
  }

  /** Tells a story of one connection, and {@return the rows that are committed in the end} */
  static long rowsAfter(Server server, Use use) throws Exception {
    if (server == Server.MARIADB) {
      Mariadb.assumeThere();
    }
    String direct = server.urlOverPort(server.port());
    R2dbc.connection(direct)
        .use(connection -> {
          Setting.run(connection, "drop table if exists entry");
          return Setting.run(connection, "create table entry (id int primary key)");
        });
    try (var proxy = new DroppingProxy(server.port())) {
      R2dbc.pool(server.urlOverPort(proxy.port()), PoolSettings.ofSize(1))
          .<Void, Exception>use(pool -> {
            use.of(pool, proxy);
            return null;
          });
    }
    return R2dbc.connection(direct)
        .<Long, Exception>use(connection ->
            Async.await(
                R2dbc.<Long>first(
                    connection.createStatement("select count(*) from entry").execute(),
                    row -> row.get(0, Long.class))));
  }

  private static void insert(Pool pool) throws Exception {
    pool.connection().use(connection -> Async.await(Setting.insert(connection, 1)));
    assertThat(pool.idle()).as("the connection is kept").isEqualTo(1);
  }

  /** The body fails while the server hasn't answered one of its steps. */
  private void failWhileUnanswered(
      Pool pool, DroppingProxy.Hold sent, Function<Connection, Publisher<Void>> step)
      throws Exception {
    var body = new CompletableFuture<Void>();
    CompletableFuture<Void> use =
        pool.connection()
            .useAsync(connection -> {
              var _ = R2dbc.completion(step.apply(connection));
              return body;
            });
    Async.await(sent.reached());

    body.completeExceptionally(broken);
    sent.letGo();

    assertThat(catchThrowable(() -> Async.await(use))).isSameAs(broken);
  }

  @ParameterizedTest
  @EnumSource
  void begin_isUnansweredAsTheBodyFails_nextBodysWorkIsCommitted(Server server) throws Exception {
    long rows =
        rowsAfter(
            server,
            (pool, proxy) -> {
              failWhileUnanswered(pool, proxy.hold("BEGIN"), Connection::beginTransaction);
              insert(pool);
            });
    assertThat(rows).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource
  void begin_isGivenUpAndTheBodySucceeds_nextBodysWorkIsCommitted(Server server) throws Exception {
    long rows =
        rowsAfter(
            server,
            (pool, proxy) -> {
              var body = new CompletableFuture<Void>();
              var step = new CompletableFuture<CompletableFuture<Void>>();
              DroppingProxy.Hold begin = proxy.hold("BEGIN");
              CompletableFuture<Void> use =
                  pool.connection()
                      .useAsync(connection -> {
                        step.complete(R2dbc.completion(connection.beginTransaction()));
                        return body;
                      });
              Async.await(begin.reached());

              step.join().cancel(true);
              body.complete(null);
              begin.letGo();

              Async.await(use);
              insert(pool);
            });
    assertThat(rows).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource
  void autoCommit_isUnansweredAsTheBodyFails_nextBodysWorkIsCommitted(Server server)
      throws Exception {
    long rows =
        rowsAfter(
            server,
            (pool, proxy) -> {
              DroppingProxy.Hold sent =
                  proxy.hold(server == Server.MARIADB ? "autocommit" : "BEGIN");
              failWhileUnanswered(pool, sent, connection -> connection.setAutoCommit(false));
              insert(pool);
            });
    assertThat(rows).isEqualTo(1);
  }

  /** As {@code Mono.usingWhen} does when a timeout cuts it. */
  @ParameterizedTest
  @EnumSource
  void begin_isGivenUpAndTheConnectionClosed_nextBodysWorkIsCommitted(Server server)
      throws Exception {
    long rows =
        rowsAfter(
            server,
            (pool, proxy) -> {
              Connection connection = ConnectionFactoryTest.taken(pool.connectionFactory());
              DroppingProxy.Hold begin = proxy.hold("BEGIN");
              CompletableFuture<Void> step = R2dbc.completion(connection.beginTransaction());
              Async.await(begin.reached());

              step.cancel(true);
              CompletableFuture<Void> closed = R2dbc.completion(connection.close());
              begin.letGo();

              Async.await(closed);
              insert(pool);
            });
    assertThat(rows).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource
  void begin_isUnansweredAsTheConnectionIsClosed_nextBodysWorkIsCommitted(Server server)
      throws Exception {
    long rows =
        rowsAfter(
            server,
            (pool, proxy) -> {
              Connection connection = ConnectionFactoryTest.taken(pool.connectionFactory());
              DroppingProxy.Hold begin = proxy.hold("BEGIN");
              var _ = R2dbc.completion(connection.beginTransaction());
              Async.await(begin.reached());

              CompletableFuture<Void> closed = R2dbc.completion(connection.close());
              begin.letGo();

              Async.await(closed);
              insert(pool);
            });
    assertThat(rows).isEqualTo(1);
  }

  /** The driver takes the level for unchanged, as nobody has told it of the answer. */
  @ParameterizedTest
  @EnumSource
  void isolation_isGivenUpAndTheBodySucceeds_isPutBack(Server server) throws Exception {
    rowsAfter(
        server,
        (pool, proxy) -> {
          String before = pool.connection().use(connection -> isolation(server, connection));
          var body = new CompletableFuture<Void>();
          var step = new CompletableFuture<CompletableFuture<Void>>();
          DroppingProxy.Hold set = proxy.hold("SERIALIZABLE");
          CompletableFuture<Void> use =
              pool.connection()
                  .useAsync(connection -> {
                    step.complete(
                        R2dbc.completion(
                            connection.setTransactionIsolationLevel(IsolationLevel.SERIALIZABLE)));
                    return body;
                  });
          Async.await(set.reached());

          step.join().cancel(true);
          body.complete(null);
          set.letGo();

          Async.await(use);
          assertThat(pool.idle()).as("the connection is kept").isEqualTo(1);
          assertThat(
                  pool.connection()
                      .<String, Exception>use(connection -> isolation(server, connection)))
              .isEqualTo(before);
        });
  }

  /** {@return the level of the session, as the server says} */
  private static String isolation(Server server, Connection connection)
      throws InterruptedException {
    String question =
        server == Server.POSTGRESQL ? "show transaction_isolation" : "select @@tx_isolation";
    return Async.await(
        R2dbc.<String>first(
            connection.createStatement(question).execute(), row -> row.get(0, String.class)));
  }

  @ParameterizedTest
  @EnumSource
  void isolation_bodyIsCancelledAsItSetsIt_isPutBack(Server server) throws Exception {
    rowsAfter(
        server,
        (pool, proxy) -> {
          String before = pool.connection().use(connection -> isolation(server, connection));
          DroppingProxy.Hold set = proxy.hold("SERIALIZABLE");
          CompletableFuture<Void> use =
              pool.connection()
                  .useAsync((connection, cancellation) ->
                      cancellation.cancelling(
                          R2dbc.completion(
                              connection.setTransactionIsolationLevel(
                                  IsolationLevel.SERIALIZABLE))));
          Async.await(set.reached());

          use.cancel(true);
          set.letGo();

          assertThat(catchThrowable(() -> Async.await(use)))
              .isInstanceOf(CancellationException.class);
          assertThat(
                  pool.connection()
                      .<String, Exception>use(connection -> isolation(server, connection)))
              .isEqualTo(before);
        });
  }
}
