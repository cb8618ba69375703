package dev.withal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.testkit.EventLoopThread;
import dev.withal.testkit.LeakCheck;
import java.sql.Connection;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A pool as a data source says what it can't do, and waits as the pool does. */
@ExtendWith(LeakCheck.class)
class DataSourceWaitTest {
  private static final PoolSettings ONE = PoolSettings.ofSize(1);

  @Test
  void connection_noneIsLeft_saysWhoHasThem() throws Exception {
    Jdbc.pool(Setting.h2("test"), ONE.withEnterTimeout(Duration.ofMillis(1)))
        .use(pool -> {
          try (Connection _ = pool.dataSource("report").getConnection()) {
            assertThatThrownBy(pool.dataSource("audit")::getConnection)
                .isInstanceOf(PoolExhaustedException.class)
                .hasMessageMatching(
                    "audit got no connection of Jdbc\\.pool\\(JdbcDataSource\\): none came free within"
                        + " PT0\\.001S; 1 of 1 are in use, by report \\(1\\); 0 wait; held longest:"
                        + " report for \\d+ ms in the body at DataSourceWaitTest\\.java:\\d+");
          }
          return null;
        });
  }

  @Test
  void connection_bodyInDirectStyleHoldsTheLastOne_isRefusedAtOnce() throws Exception {
    onOne(
        Setting.h2("test"),
        (pool, dataSource) ->
            assertThatThrownBy(() -> pool.connection("orders").use(_ -> dataSource.getConnection()))
                .isInstanceOf(PoolExhaustedException.class)
                .hasMessageContaining("none can come free"));
  }

  @Test
  void wait_isInterrupted_failsAndSetsTheFlag() throws Exception {
    onOne(
        Setting.h2("test"),
        (pool, dataSource) -> {
          try (Connection _ = dataSource.getConnection()) {
            Thread.currentThread().interrupt();
            Throwable thrown = catchThrowable(dataSource::getConnection);

            assertThat(Thread.interrupted()).isTrue();
            assertThat(thrown)
                .isInstanceOf(SQLTransientConnectionException.class)
                .hasMessage(
                    "data source was interrupted while it waited for a connection of"
                        + " Jdbc.pool(JdbcDataSource)")
                .hasCauseInstanceOf(InterruptedException.class);
            assertThat(pool.waiting()).isZero();
          }
        });
  }

  /** The method's signature admits no other exception. */
  @Test
  void clientInfo_connectionIsClosed_isRefusedWithItsOwnException() throws Exception {
    onOne(
        Setting.h2("test"),
        (_, dataSource) -> {
          Connection connection = dataSource.getConnection();
          connection.close();

          assertThatThrownBy(() -> connection.setClientInfo("ApplicationName", "late"))
              .isInstanceOf(SQLClientInfoException.class)
              .hasMessage("the connection of data source is closed: take another one");
        });
  }

  @Test
  void connection_ofAnEventLoop_isRefused() throws Exception {
    onOne(
        Setting.h2("test"),
        (_, dataSource) -> {
          var thrown = new CompletableFuture<Throwable>();
          var loop =
              new EventLoopThread(
                  () -> thrown.complete(catchThrowable(dataSource::getConnection)), "loop");
          loop.start();
          assertThat(Async.await(thrown))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageStartingWith("getConnection blocks, and loop is an event-loop thread");
        });
  }

  @Test
  void connection_ofAnotherUser_isRefused() throws Exception {
    onOne(
        Setting.h2("test"),
        (_, dataSource) ->
            assertThatThrownBy(() -> dataSource.getConnection("ada", "s3cret"))
                .isInstanceOf(SQLFeatureNotSupportedException.class)
                .hasMessage(
                    "all connections of Jdbc.pool(JdbcDataSource) belong to one user:"
                        + " set the user on the underlying data source, and call"
                        + " getConnection() instead"));
  }

  @Test
  void wrappers_leadToThemselvesFirst() throws Exception {
    onOne(
        Setting.h2("test"),
        (_, dataSource) -> {
          assertThat(dataSource.isWrapperFor(DataSource.class)).isTrue();
          assertThat(dataSource.unwrap(DataSource.class)).isSameAs(dataSource);
          assertThat(dataSource.isWrapperFor(org.h2.jdbcx.JdbcDataSource.class)).isFalse();
          assertThatThrownBy(() -> dataSource.unwrap(org.h2.jdbcx.JdbcDataSource.class))
              .isInstanceOf(SQLException.class);
          try (Connection connection = dataSource.getConnection()) {
            assertThat(connection.isWrapperFor(Connection.class)).isTrue();
            assertThat(connection.unwrap(Connection.class)).isSameAs(connection);
            assertThat(connection.isWrapperFor(org.h2.jdbc.JdbcConnection.class)).isTrue();
            assertThat(connection.unwrap(org.h2.jdbc.JdbcConnection.class)).isNotNull();
            assertThat(connection.createStatement().getConnection()).isSameAs(connection);
          }
        });
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
