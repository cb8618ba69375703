package dev.withal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.testkit.LeakCheck;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A pool as a data source lends a connection until its user closes it. */
@ExtendWith(LeakCheck.class)
class DataSourceTest {
  private static final PoolSettings ONE = PoolSettings.ofSize(1);

  @ParameterizedTest
  @EnumSource(names = {"H2_DIRECT", "POSTGRESQL_DIRECT"})
  void commit_isItsUsersOwn(Setting setting) throws Exception {
    setting.makeTable();
    onOne(
        setting.dataSource(),
        (_, dataSource) -> {
          try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            Setting.insert(connection, 1);
            connection.commit();
            Setting.insert(connection, 2);
            connection.rollback();
            Setting.insert(connection, 3);
            connection.commit();
          }
        });
    assertThat(setting.rows()).containsExactly(1, 3);
  }

  @ParameterizedTest
  @EnumSource(names = {"H2_DIRECT", "POSTGRESQL_DIRECT"})
  void close_transactionIsOpen_rollsItBack(Setting setting) throws Exception {
    setting.makeTable();
    onOne(
        setting.dataSource(),
        (_, dataSource) -> {
          try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            Setting.insert(connection, 1);
          }
          try (Connection connection = dataSource.getConnection()) {
            assertThat(connection.getAutoCommit()).isTrue();
          }
        });
    assertThat(setting.rows()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(names = {"H2_DIRECT", "POSTGRESQL_DIRECT"})
  void close_settingsWereChanged_putsThemBack(Setting setting) throws Exception {
    onOne(
        setting.dataSource(),
        (_, dataSource) -> {
          int before;
          try (Connection connection = dataSource.getConnection()) {
            before = connection.getTransactionIsolation();
            connection.setReadOnly(true);
            connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
            connection.setAutoCommit(false);
          }
          try (Connection connection = dataSource.getConnection()) {
            assertThat(connection.getTransactionIsolation()).isEqualTo(before);
            assertThat(connection.isReadOnly()).isFalse();
            assertThat(connection.getAutoCommit()).isTrue();
          }
        });
  }

  @Test
  void close_again_givesBackNothingMore() throws Exception {
    onOne(
        Setting.h2("test"),
        (pool, dataSource) -> {
          Connection first = dataSource.getConnection();
          first.close();
          Connection second = dataSource.getConnection();
          first.close();

          assertThat(pool.inUse()).isEqualTo(1);
          assertThat(second.isClosed()).isFalse();
          assertThat(Setting.ask(second, "select 42")).isEqualTo(42);
          second.close();
          assertThat(pool.inUse()).isZero();
          assertThat(pool.idle()).isEqualTo(1);
        });
  }

  @Test
  void close_onAnotherThread_givesBack() throws Exception {
    onOne(
        Setting.h2("test"),
        (pool, dataSource) -> {
          Connection connection = dataSource.getConnection();
          try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            executor
                .submit(() -> {
                  connection.close();
                  return null;
                })
                .get();
          }
          assertThat(connection.isClosed()).isTrue();
          assertThat(pool.inUse()).isZero();
        });
  }

  @Test
  void close_threadIsInterrupted_givesBackAndKeepsTheFlag() throws Exception {
    Setting.POSTGRESQL_DIRECT.makeTable();
    onOne(
        Postgres.dataSource(),
        (pool, dataSource) -> {
          Connection connection = dataSource.getConnection();
          connection.setAutoCommit(false);
          Setting.insert(connection, 1);
          Thread.currentThread().interrupt();
          connection.close();

          assertThat(Thread.interrupted()).isTrue();
          assertThat(pool.idle()).isEqualTo(1);
        });
    assertThat(Setting.POSTGRESQL_DIRECT.rows()).isEmpty();
  }

  @Test
  void connection_isClosed_isRefused() throws Exception {
    onOne(
        Setting.h2("test"),
        (_, dataSource) -> {
          Connection connection = dataSource.getConnection();
          PreparedStatement statement = connection.prepareStatement("select ?");
          connection.close();

          assertThat(connection.isClosed()).isTrue();
          assertThat(connection.isValid(1)).isFalse();
          assertThat(statement.isClosed()).isTrue();
          assertThatThrownBy(connection::createStatement)
              .isInstanceOf(SQLNonTransientConnectionException.class)
              .hasMessage("the connection of data source is closed: take another one");
          assertThatThrownBy(() -> statement.setInt(1, 1)).isInstanceOf(SQLException.class);
          assertThatThrownBy(statement::executeQuery).isInstanceOf(SQLException.class);
          assertThatThrownBy(connection::commit).isInstanceOf(SQLException.class);
          assertThatThrownBy(() -> connection.setReadOnly(true)).isInstanceOf(SQLException.class);
          assertThatThrownBy(() -> connection.unwrap(org.h2.jdbc.JdbcConnection.class))
              .isInstanceOf(SQLException.class);
          assertThatThrownBy(() -> Jdbc.transaction(connection).use(_ -> null))
              .isInstanceOf(SQLException.class);
        });
  }

  @Test
  void connection_isAborted_isGivenBackAndThrownAway() throws Exception {
    onOne(
        Postgres.dataSource(),
        (pool, dataSource) -> {
          Connection connection = dataSource.getConnection();
          connection.abort(Runnable::run);

          assertThat(connection.isClosed()).isTrue();
          assertThat(pool.inUse()).isZero();
          assertThat(pool.idle()).isZero();
        });
  }

  @Test
  void statement_threadIsInterrupted_isCancelledOnTheServer() throws Exception {
    onOne(
        Postgres.dataSource(),
        (_, dataSource) -> {
          try (Connection connection = dataSource.getConnection()) {
            long pid = Backends.pid(connection);
            CompletableFuture<Throwable> thrown = new CompletableFuture<>();
            Thread asleep =
                Thread.startVirtualThread(() ->
                    thrown.complete(
                        catchThrowable(() -> Setting.ask(connection, "select pg_sleep(600)"))));
            Backends.awaitThat(pid, "wait_event = 'PgSleep'");
            asleep.interrupt();

            assertThat(Async.await(thrown)).isInstanceOf(CancellationException.class);
            assertThat(Backends.pid(connection)).as("the connection is well").isEqualTo(pid);
          }
        });
  }

  @Test
  void statement_connectionIsClosedOnAnotherThread_isCancelledOnTheServer() throws Exception {
    onOne(
        Postgres.dataSource(),
        (pool, dataSource) -> {
          Connection connection = dataSource.getConnection();
          long pid = Backends.pid(connection);
          CompletableFuture<Throwable> thrown = new CompletableFuture<>();
          Thread.startVirtualThread(() ->
              thrown.complete(
                  catchThrowable(() -> Setting.ask(connection, "select pg_sleep(600)"))));
          Backends.awaitThat(pid, "wait_event = 'PgSleep'");
          connection.close();

          assertThat(Async.await(thrown)).isInstanceOf(SQLException.class);
          assertThat(pool.idle()).isEqualTo(1);
          assertThat(pool.connection().<Long, Exception>use(Backends::pid)).isEqualTo(pid);
        });
  }

  @Test
  void transactionOfOurs_onIt_commitsAndLeavesItOpen() throws Exception {
    Setting.H2_DIRECT.makeTable();
    onOne(
        Setting.H2_DIRECT.dataSource(),
        (_, dataSource) -> {
          try (Connection connection = dataSource.getConnection()) {
            Jdbc.transaction(connection)
                .use(inside -> {
                  assertThatThrownBy(connection::commit).isInstanceOf(IllegalStateException.class);
                  return Setting.insert(inside, 1);
                });
            assertThat(connection.isClosed()).isFalse();
          }
        });
    assertThat(Setting.H2_DIRECT.rows()).containsExactly(1);
  }

  @Test
  void poolsExit_waitsUntilItIsClosed() throws Exception {
    var taken = new CompletableFuture<Connection>();
    CompletableFuture<Boolean> use =
        Jdbc.pool(Setting.h2("test"), ONE)
            .useAsync(pool ->
                CompletableFuture.completedFuture(taken.complete(taken(pool.dataSource()))));
    Connection connection = Async.await(taken);
    assertThat(use).isNotDone();
    connection.close();
    assertThat(Async.await(use)).isTrue();
  }

  private static Connection taken(DataSource dataSource) {
    try {
      return dataSource.getConnection();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private interface Use {
    void of(Pool pool, DataSource dataSource) throws Exception;
  }

  private static void onOne(DataSource source, Use use) throws Exception {
    Jdbc.pool(source, ONE)
        .use(pool -> {
          use.of(pool, pool.dataSource());
          return null;
        });
  }
}
