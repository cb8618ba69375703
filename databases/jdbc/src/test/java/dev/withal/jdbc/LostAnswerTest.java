package dev.withal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.database.Bounds;
import dev.withal.database.testing.DroppingProxy;
import dev.withal.database.testing.stories.Running;
import dev.withal.jdbc.TransactionException.Outcome;
import dev.withal.testkit.LeakCheck;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.h2.tools.Server;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A commit whose answer is lost is told as such, whatever the driver calls the loss. */
@ExtendWith(LeakCheck.class)
class LostAnswerTest {
  /** As H2 sends it to its server, two bytes for each letter. */
  private static final String COMMIT = String.join("\0", "COMMIT".split(""));

  /** Some drivers have states of their own, and tell it by the class alone. */
  @ParameterizedTest
  @MethodSource
  void commit_errorIsOfAClass_outcomeIsUnknownIfTheConnectionIsLost(
      SQLException error, Outcome outcome) throws Exception {
    try (Connection connection = Setting.h2("test").getConnection()) {
      var driver = new FailingConnection(connection);
      driver.fail("commit", error);

      Throwable thrown =
          catchThrowable(() ->
              Jdbc.transaction(driver.proxy()).use(inside -> Setting.ask(inside, "select 42")));

      assertThat(thrown)
          .isInstanceOfSatisfying(
              TransactionException.class, told -> assertThat(told.outcome()).isEqualTo(outcome));
    }
  }

  static List<Arguments> commit_errorIsOfAClass_outcomeIsUnknownIfTheConnectionIsLost() {
    return List.of(
        Arguments.of(new SQLRecoverableException("lost", "66000"), Outcome.UNKNOWN),
        Arguments.of(new SQLNonTransientConnectionException("lost", "H0001"), Outcome.UNKNOWN),
        // As MariaDB's driver tells of any state that it doesn't know.
        Arguments.of(new SQLTransientConnectionException("no", "45000"), Outcome.NOT_COMMITTED));
  }

  @Test
  void commit_connectionIsLostOnTheWay_outcomeIsUnknown() throws Exception {
    Server server = Server.createTcpServer("-tcpPort", "0", "-ifNotExists").start();
    try (var proxy = new DroppingProxy(server.getPort())) {
      DroppingProxy.Hold commit = proxy.hold(COMMIT);
      var dataSource = new JdbcDataSource();
      dataSource.setURL("jdbc:h2:tcp://localhost:" + proxy.port() + "/mem:lost");
      Running<Integer> running =
          Setting.H2_DIRECT.begin(
              Jdbc.transaction(dataSource, TransactionOptions.DEFAULT.named("transfer")),
              connection -> Setting.run(connection, "create table entry (id int)"));
      Async.await(commit.reached());
      proxy.close();

      assertThat(catchThrowable(() -> running.result().get(20, TimeUnit.SECONDS)))
          .isInstanceOf(ExecutionException.class)
          .extracting(Throwable::getCause)
          .isInstanceOfSatisfying(
              TransactionException.class,
              told -> {
                assertThat(told.getSQLState()).isEqualTo("90067");
                assertThat(told.outcome()).isEqualTo(Outcome.UNKNOWN);
              });
    } finally {
      server.stop();
    }
  }

  @Test
  void step_neverEndsAfterTheCommit_outcomeIsNotCalledUnknown() throws Exception {
    var end = new CompletableFuture<Void>();
    PoolSettings settings =
        PoolSettings.ofSize(1).withBounds(Bounds.DEFAULT.withExit(Duration.ofMillis(200)));
    DataSource dataSource =
        SecretsTest.source(() -> restoredNotBefore(end, Setting.h2("test").getConnection()));

    Throwable thrown =
        catchThrowable(() ->
            Jdbc.pool(dataSource, settings)
                .use(pool -> {
                  try {
                    return pool.transaction().use(inside -> Setting.ask(inside, "select 42"));
                  } finally {
                    end.complete(null);
                  }
                }));

    assertThat(thrown)
        .isInstanceOf(SQLTimeoutException.class)
        .hasMessageStartingWith("transaction: the exit didn't end within PT0.2S");
  }

  private static Connection restoredNotBefore(CompletableFuture<Void> end, Connection target) {
    return (Connection)
        Proxy.newProxyInstance(
            LostAnswerTest.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (_, method, given) -> {
              if (method.getName().equals("setAutoCommit") && given[0].equals(true)) {
                end.join();
              }
              return method.invoke(target, given);
            });
  }
}
