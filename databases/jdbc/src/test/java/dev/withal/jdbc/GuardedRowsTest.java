package dev.withal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.database.Bounds;
import dev.withal.database.testing.DroppingProxy;
import dev.withal.database.testing.MariadbServer;
import dev.withal.database.testing.stories.Running;
import dev.withal.testkit.LeakCheck;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.h2.jdbc.JdbcStatement;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows that are fetched in batches are closed as a statement is run, if some are left to read. */
@ExtendWith(LeakCheck.class)
class GuardedRowsTest {
  private static final Bounds SHORT =
      new Bounds(
          Duration.ofSeconds(2),
          Duration.ofMillis(300),
          Duration.ofMillis(300),
          Duration.ofMillis(500));

  /** More than all buffers on the way have room for. */
  private static final String MANY = "select seq, repeat('x', 1000) from seq_1_to_1000000";

  /** MariaDB's driver reads the rest of them then. */
  @ParameterizedTest
  @EnumSource(
      value = Setting.class,
      names = {"POSTGRESQL_DIRECT", "POSTGRESQL_PLATFORM", "POSTGRESQL_STAGES"})
  void rows_areClosedHalfwayAndTheServerIsSilent_cancelledBodyEnds(Setting style) throws Exception {
    Mariadb.assumeThere();
    try (var proxy = new DroppingProxy(MariadbServer.port())) {
      var closing = new CompletableFuture<Void>();
      Answer telling =
          (type, method) -> {
            if (type == ResultSet.class && method.equals("close")) {
              closing.complete(null);
            }
            return null;
          };
      DataSource dataSource = asking(telling, DataSource.class, Mariadb.overPort(proxy.port()));
      var readOn = new CompletableFuture<Void>();
      Jdbc.pool(dataSource, PoolSettings.ofSize(1).withBounds(SHORT))
          .run(pool -> {
            Running<Object> running =
                style.begin(
                    pool.connection(),
                    connection -> {
                      try (Statement statement = connection.createStatement()) {
                        statement.setFetchSize(100);
                        try (ResultSet rows = statement.executeQuery(MANY)) {
                          rows.next();
                          proxy.drop();
                        }
                        return "read on";
                      } finally {
                        readOn.complete(null);
                      }
                    });
            Async.await(closing);
            running.end().run();

            assertThat(catchThrowable(() -> running.result().get(20, TimeUnit.SECONDS)))
                .isInstanceOf(CancellationException.class);
            readOn.get(20, TimeUnit.SECONDS);
            assertThat(pool.inUse()).isZero();
          });
    }
  }

  /** Each call costs two switches between threads. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void rows_areReadToTheEnd_areClosedWithoutACall(boolean byTheirStatement) throws Exception {
    var executor = new CountingExecutor();
    Jdbc.pool(Setting.h2("test"), PoolSettings.ofSize(1).on(executor))
        .run(pool ->
            pool.connection()
                .run(connection -> {
                  Statement statement = connection.createStatement();
                  statement.setFetchSize(2);
                  ResultSet rows = statement.executeQuery("select 1");
                  int before = executor.accepted.get();
                  while (rows.next()) {
                    assertThat(rows.getInt(1)).isEqualTo(1);
                  }
                  if (!byTheirStatement) {
                    rows.close();
                  }
                  statement.close();
                  assertThat(executor.accepted).hasValue(before);
                  assertThat(rows.isClosed()).isTrue();
                }));
  }

  @Test
  void rows_areClosedHalfway_areClosedByACall() throws Exception {
    var executor = new CountingExecutor();
    Jdbc.pool(Setting.h2("test"), PoolSettings.ofSize(1).on(executor))
        .run(pool ->
            pool.connection()
                .run(connection -> {
                  Statement statement = connection.createStatement();
                  statement.setFetchSize(1);
                  ResultSet rows = statement.executeQuery("select * from system_range(1, 9)");
                  assertThat(rows.next()).isTrue();
                  int before = executor.accepted.get();
                  rows.close();
                  rows.close();
                  statement.close();
                  assertThat(executor.accepted).hasValue(before + 1);
                  assertThat(rows.isClosed()).isTrue();
                }));
  }

  /** Its interruption has ended what it read, and the driver may still be busy with that. */
  @Test
  void statement_isClosedByAnInterruptedThread_isClosedByTheExit() throws Exception {
    Statement[] left = new Statement[1];
    Jdbc.connection(Setting.h2("test"))
        .run(connection -> {
          Statement statement = connection.createStatement();
          statement.setFetchSize(1);
          ResultSet rows = statement.executeQuery("select * from system_range(1, 9)");
          assertThat(rows.next()).isTrue();
          left[0] = statement.unwrap(JdbcStatement.class);
          Thread.currentThread().interrupt();
          rows.close();
          statement.close();
          assertThat(left[0].isClosed()).isFalse();
          assertThat(Thread.interrupted()).isTrue();
        });
    assertThat(left[0].isClosed()).isTrue();
  }

  @Test
  void rows_contextHasExited_areClosedAlready() throws Exception {
    ResultSet[] left = new ResultSet[1];
    Jdbc.connection(Setting.h2("test"))
        .run(connection -> {
          Statement statement = connection.createStatement();
          statement.setFetchSize(1);
          left[0] = statement.executeQuery("select * from system_range(1, 9)");
        });

    left[0].close();

    assertThat(left[0].isClosed()).isTrue();
  }

  /** MySQL's driver reads them one by one, if it is given the least of all numbers. */
  @Test
  void rows_fetchSizeIsNegative_eachIsFetchedByACall() throws Exception {
    var executor = new CountingExecutor();
    Answer streaming =
        (type, method) ->
            type == Statement.class && method.equals("getFetchSize") ? Integer.MIN_VALUE : null;
    DataSource dataSource = asking(streaming, DataSource.class, Setting.h2("test"));
    Jdbc.pool(dataSource, PoolSettings.ofSize(1).on(executor))
        .run(pool ->
            pool.connection()
                .run(connection -> {
                  Statement statement = connection.createStatement();
                  statement.setFetchSize(2);
                  ResultSet rows = statement.executeQuery("select * from system_range(1, 3)");
                  int before = executor.accepted.get();
                  assertThat(rows.next()).isTrue();
                  assertThat(executor.accepted).as("sent with the answer").hasValue(before);
                  assertThat(rows.next()).isTrue();
                  assertThat(executor.accepted).hasValue(before + 1);
                }));
  }

  /** Answers in a driver's place; null if the driver is to answer. */
  private interface Answer {
    @Nullable Object to(Class<?> type, String method);
  }

  /** {@return the same, whose connections, statements and rows ask for another answer first} */
  private static <T> T asking(Answer answer, Class<T> type, Object target) {
    return type.cast(
        Proxy.newProxyInstance(
            GuardedRowsTest.class.getClassLoader(),
            new Class<?>[] {type},
            (_, method, given) -> {
              String name = method.getName();
              Object other = answer.to(type, name);
              if (other != null) {
                return other;
              }
              try {
                Object result = method.invoke(target, given);
                return switch (name) {
                  case "getConnection" -> asking(answer, Connection.class, result);
                  case "createStatement" -> asking(answer, Statement.class, result);
                  case "executeQuery" -> asking(answer, ResultSet.class, result);
                  default -> result;
                };
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }));
  }
}
