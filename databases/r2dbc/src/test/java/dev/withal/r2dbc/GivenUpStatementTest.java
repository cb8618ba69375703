package dev.withal.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.withal.Async;
import dev.withal.database.Bounds;
import dev.withal.r2dbc.Database.Values;
import dev.withal.r2dbc.TransactionException.Outcome;
import dev.withal.testkit.LeakCheck;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A statement of which a body has read the first row only, while PostgreSQL goes on: its driver
 * calls it done at once, and sends the next request behind it.
 */
@ExtendWith(LeakCheck.class)
class GivenUpStatementTest {
  private static final PoolSettings ONE = PoolSettings.ofSize(1);

  @ParameterizedTest
  @EnumSource
  void statement_runsOnAsTheBodySucceeds_isAwaitedBeforeTheCommit(Values values) throws Exception {
    table(
        "given_up_awaited_" + values,
        (pool, table) -> {
          pool.transaction()
              .use(connection -> {
                insert(connection, table);
                return firstRow(connection, values, "0.5");
              });

          assertThat(rows(pool, table)).isEqualTo(1);
        });
  }

  @ParameterizedTest
  @EnumSource
  void statement_runsOnPastTheBoundOfTheExit_nothingIsCommitted(Values values) throws Exception {
    table(
        "given_up_late_" + values,
        (pool, table) -> {
          TransactionException error =
              catchThrowableOfType(
                  TransactionException.class,
                  () ->
                      pool.transaction()
                          .use(connection -> {
                            insert(connection, table);
                            return firstRow(connection, values, "600");
                          }));

          assertThat(error.outcome()).isEqualTo(Outcome.NOT_COMMITTED);
          assertThat(error).hasMessageContaining("nothing is committed");
          assertThat(rows(pool, table)).isZero();
        });
  }

  @ParameterizedTest
  @EnumSource
  void statement_runsOnAsTheBodyFails_isStoppedBeforeTheRollback(Values values) throws Exception {
    R2dbc.pool(Postgres.url(), ONE)
        .use(pool -> {
          Assertions.assertThatThrownBy(() ->
                  pool.transaction()
                      .use(connection -> {
                        firstRow(connection, values, "600");
                        throw new Library.Undone();
                      }))
              .isInstanceOf(Library.Undone.class)
              .hasNoSuppressedExceptions();
          assertThat(pool.idle()).as("the connection is well").isEqualTo(1);
          return null;
        });
  }

  @ParameterizedTest
  @EnumSource
  void statement_runsOnAsTheConnectionGoesBack_isStoppedBeforeTheNextUser(Values values)
      throws Exception {
    R2dbc.pool(Postgres.url(), ONE)
        .use(pool -> {
          assertThat(
                  pool.connection()
                      .<Integer, Exception>use(connection -> firstRow(connection, values, "600")))
              .isEqualTo(1);

          assertThat(pool.idle()).as("the connection is well").isEqualTo(1);
          assertThat(
                  pool.connection()
                      .<Integer, Exception>use(connection -> firstRow(connection, values, "0")))
              .isEqualTo(1);
          return null;
        });
  }

  /**
   * Rows are longer than a server's buffer, so that the first is sent before the second is made.
   */
  private static Integer firstRow(Connection connection, Values values, String seconds)
      throws Exception {
    String sql =
        "select g, repeat('x', 20000), pg_sleep(case g when 1 then 0 else %s end)"
            + " from generate_series(1, 2) g";
    Statement statement =
        values == Values.BOUND
            ? connection.createStatement(sql.formatted("$1")).bind(0, Double.parseDouble(seconds))
            : connection.createStatement(sql.formatted(seconds));
    CompletableFuture<Integer> first =
        R2dbc.first(statement.execute(), row -> row.get(0, Integer.class));
    return Async.await(first);
  }

  private static void insert(Connection connection, String table) throws Exception {
    Async.await(
        R2dbc.rowsUpdated(
            connection.createStatement("insert into " + table + " values (1)").execute()));
  }

  private static Long rows(Pool pool, String table) throws Exception {
    return pool.connection()
        .use(connection ->
            Async.await(
                R2dbc.first(
                    connection.createStatement("select count(*) from " + table).execute(),
                    row -> row.get(0, Long.class))));
  }

  private interface Story {
    void tell(Pool pool, String table) throws Exception;
  }

  private static void table(String name, Story story) throws Exception {
    var bounds = Bounds.DEFAULT.withExit(Duration.ofSeconds(2));
    R2dbc.pool(Postgres.url(), ONE.withBounds(bounds))
        .use(pool -> {
          pool.connection()
              .use(connection ->
                  Async.await(
                      R2dbc.completion(
                          connection
                              .createStatement("create table " + name + " (v int)")
                              .execute())));
          story.tell(pool, name);
          return null;
        });
  }
}
