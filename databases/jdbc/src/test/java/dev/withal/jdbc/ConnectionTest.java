package dev.withal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.testkit.LeakCheck;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A connection is a body's until its context exits, and then nobody's. */
@ExtendWith(LeakCheck.class)
class ConnectionTest {

  @OnEverySetting
  void connection_bodyEnds_isClosedWithItsStatements(Setting setting) throws Exception {
    var opened = new AtomicReference<Connection>();
    DataSource source = source(() -> connectionOf(setting.dataSource(), opened));

    Statement left =
        setting.use(
            Jdbc.connection(source),
            connection -> {
              PreparedStatement statement = connection.prepareStatement("select 42");
              statement.executeQuery();
              return statement;
            });

    assertThat(opened.get().isClosed()).isTrue();
    assertThat(left.isClosed()).isTrue();
    left.close();
  }

  @Test
  void callAsync_connectionOfSomebodyElse_isRefused() throws Exception {
    try (Connection connection = Setting.h2("test").getConnection()) {
      assertThat(catchThrowable(() -> Jdbc.callAsync(connection, _ -> null)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("this connection doesn't come from a context of Jdbc");
    }
  }

  @Test
  void connection_isUsedAfterTheExit_isRefused() throws Exception {
    var kept = new AtomicReference<PreparedStatement>();
    Connection connection =
        Jdbc.connection(Setting.h2("test"))
            .use(inside -> {
              kept.set(inside.prepareStatement("select ?"));
              return inside;
            });

    assertThat(connection.isClosed()).isTrue();
    assertThatThrownBy(connection::createStatement)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "Jdbc.connection(JdbcDataSource) has ended: use its connection in the body" + " only");
    assertThatThrownBy(() -> kept.get().setInt(1, 1)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(kept.get()::executeQuery).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> Jdbc.transaction(connection).use(_ -> null))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void connection_closedByHand_isRefused() throws Exception {
    Jdbc.connection(Setting.h2("test"))
        .named("report")
        .use(connection -> {
          assertThatThrownBy(connection::close)
              .isInstanceOf(IllegalStateException.class)
              .hasMessage(
                  "report ends with its body: return to give the connection back, instead of calling"
                      + " close()");
          return null;
        });
  }

  @Test
  void connection_arrivesAfterACancellation_isClosed() throws Exception {
    var asked = new CompletableFuture<Void>();
    var go = new CompletableFuture<Void>();
    var closed = new CompletableFuture<Void>();
    var connection = new AtomicReference<Connection>();
    DataSource slow =
        source(() -> {
          asked.complete(null);
          go.join();
          return closing(connectionOf(Setting.h2("test"), connection), closed);
        });
    CompletableFuture<Object> use =
        Jdbc.connection(slow).grace(Duration.ZERO).useAsync(_ -> new CompletableFuture<>());
    Async.await(asked);

    use.cancel(true);
    assertThatThrownBy(() -> Async.await(use)).isInstanceOf(CancellationException.class);
    go.complete(null);

    Async.await(closed);
    assertThat(connection.get().isClosed()).isTrue();
  }

  @Test
  void connection_cannotBePutInOrder_isAborted() throws Exception {
    var failing = new FailingConnection(Setting.h2("test").getConnection());
    failing.fail("rollback", new SQLException("broken", "08006"));

    assertThatThrownBy(() ->
            Jdbc.connection(source(failing::proxy))
                .use(connection -> {
                  connection.setAutoCommit(false);
                  return null;
                }))
        .isInstanceOf(SQLException.class)
        .hasMessage("broken");
    assertThat(failing.calls()).endsWith("rollback", "abort", "close");
    assertThat(failing.target().isClosed()).isTrue();
  }

  @Test
  void connection_dataSourceGivesNull_saysSo() {
    assertThatThrownBy(() -> Jdbc.connection(source(() -> null)).use(_ -> null))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageEndingWith(".getConnection() returned null instead of a connection");
  }

  @Test
  void connection_executorRefusesTheExit_isClosedAllTheSame() throws Exception {
    var refuses = new AtomicReference<>(false);
    var opened = new AtomicReference<Connection>();

    Jdbc.connection(
            source(() -> connectionOf(Setting.h2("test"), opened)),
            task -> {
              if (refuses.get()) {
                throw new RejectedExecutionException("full");
              }
              task.run();
            })
        .use(_ -> {
          refuses.set(true);
          return null;
        });

    assertThat(opened.get().isClosed()).isTrue();
  }

  @Test
  void statement_fails_errorTellsWhoCalled() throws Exception {
    Throwable thrown =
        catchThrowable(() ->
            Jdbc.connection(Setting.h2("test"))
                .use(connection -> Setting.run(connection, "no SQL")));

    assertThat(thrown).isInstanceOf(SQLException.class);
    assertThat(Stream.of(thrown.getStackTrace()).map(StackTraceElement::getClassName))
        .contains("org.h2.jdbc.JdbcStatement", ConnectionTest.class.getName());
  }

  @Test
  void statement_isAskedForItsConnection_givesTheGuardedOne() throws Exception {
    Jdbc.connection(Setting.h2("test"))
        .use(connection -> {
          Statement statement = connection.createStatement();

          assertThat(statement.getConnection()).isSameAs(connection).isEqualTo(connection);
          assertThat(connection).hasSameHashCodeAs(connection);
          assertThat(statement).hasToString("statement of Jdbc.connection(JdbcDataSource)");
          assertThat(connection).hasToString("Jdbc.connection(JdbcDataSource)");
          return null;
        });
  }

  @Test
  void savepointByHand_isAllowed() throws Exception {
    Setting.H2_DIRECT.makeTable();
    Jdbc.transaction(Setting.H2_DIRECT.dataSource())
        .use(connection -> {
          Setting.insert(connection, 1);
          java.sql.Savepoint savepoint = connection.setSavepoint();
          Setting.insert(connection, 2);
          connection.rollback(savepoint);
          return null;
        });

    assertThat(Setting.H2_DIRECT.rows()).containsExactly(1);
  }

  private static Connection connectionOf(DataSource source, AtomicReference<Connection> opened) {
    try {
      opened.set(source.getConnection());
      return opened.get();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Connection closing(Connection connection, CompletableFuture<Void> closed) {
    return (Connection)
        Proxy.newProxyInstance(
            ConnectionTest.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (_, method, given) -> {
              Object result = method.invoke(connection, given);
              if (method.getName().equals("close")) {
                closed.complete(null);
              }
              return result;
            });
  }

  private static DataSource source(Supplier<Connection> connections) {
    return (DataSource)
        Proxy.newProxyInstance(
            ConnectionTest.class.getClassLoader(),
            new Class<?>[] {DataSource.class},
            (_, method, _) -> method.getName().equals("getConnection") ? connections.get() : null);
  }
}
