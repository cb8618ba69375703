package dev.withal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.jdbc.TransactionException.Outcome;
import dev.withal.testkit.LeakCheck;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.jdbc.PgConnection;

/** What a body begins or ends past its context is told as such, and reaches nobody else. */
@ExtendWith(LeakCheck.class)
class EndedByHandTest {
  private static final Setting POSTGRESQL = Setting.POSTGRESQL_DIRECT;
  private static final TransactionOptions TRANSFER = TransactionOptions.DEFAULT.named("transfer");

  @BeforeEach
  void makeTable() throws Exception {
    POSTGRESQL.makeTable();
  }

  @ParameterizedTest
  @EnumSource(names = {"POSTGRESQL_DIRECT", "POSTGRESQL_PLATFORM", "POSTGRESQL_STAGES"})
  void transaction_serverHasGivenUp_commitIsNoSuccess(Setting setting) throws Exception {
    Jdbc.pool(Postgres.dataSource(), PoolSettings.ofSize(1))
        .use(pool -> {
          Throwable thrown =
              catchThrowable(() ->
                  setting.use(
                      pool.transaction(TRANSFER),
                      connection -> {
                        Setting.insert(connection, 1);
                        assertThatThrownBy(() -> Setting.insert(connection, 1))
                            .isInstanceOf(SQLException.class);
                        return "taken for done";
                      }));

          assertThat(thrown)
              .isInstanceOfSatisfying(
                  TransactionException.class,
                  told -> assertThat(told.outcome()).isEqualTo(Outcome.NOT_COMMITTED))
              .hasMessageStartingWith("transfer: nothing is committed, as the server aborted the")
              .hasNoSuppressedExceptions();
          assertThat(((SQLException) thrown).getSQLState()).isEqualTo("23505");
          assertThat(pool.idle()).as("the connection is well").isEqualTo(1);
          return null;
        });
    assertThat(POSTGRESQL.rows()).isEmpty();
  }

  /** What fails inside is undone, and the rest is well. */
  @Test
  void savepoint_serverHasGivenItUp_outerTransactionIsCommitted() throws Exception {
    Jdbc.transaction(Postgres.dataSource())
        .use(outer -> {
          Setting.insert(outer, 1);
          return Jdbc.transaction(outer)
              .suppressing(SQLException.class)
              .use(inner -> Setting.insert(inner, 1));
        });
    assertThat(POSTGRESQL.rows()).containsExactly(1);
  }

  /** It is no success, and what came before it is well. */
  @ParameterizedTest
  @EnumSource(names = {"POSTGRESQL_DIRECT", "POSTGRESQL_STAGES"})
  void savepoint_bodyHidesAFailedStatement_isUndoneAlone(Setting setting) throws Exception {
    setting.use(
        Jdbc.transaction(Postgres.dataSource()),
        outer -> {
          Setting.insert(outer, 1);
          assertThatThrownBy(() ->
                  setting.use(
                      Jdbc.transaction(outer, TRANSFER),
                      inner -> {
                        Setting.insert(inner, 2);
                        return catchThrowable(() -> Setting.insert(inner, 1));
                      }))
              .isInstanceOfSatisfying(
                  TransactionException.class,
                  told -> {
                    assertThat(told.outcome()).isEqualTo(Outcome.NOT_COMMITTED);
                    assertThat(told.getSQLState()).isEqualTo("23505");
                  })
              .hasNoSuppressedExceptions();
          return Setting.insert(outer, 3);
        });
    assertThat(POSTGRESQL.rows()).containsExactly(1, 3);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void transaction_isCommittedByHandOnTheDriversConnection_isTold(boolean goesOn) throws Exception {
    Throwable thrown =
        catchThrowable(() ->
            Jdbc.transaction(Postgres.dataSource(), TRANSFER)
                .use(connection -> {
                  Setting.insert(connection, 1);
                  connection.unwrap(PgConnection.class).commit();
                  return goesOn ? Setting.insert(connection, 2) : 0;
                }));

    assertThat(thrown)
        .isInstanceOfSatisfying(
            TransactionException.class,
            told -> assertThat(told.outcome()).isEqualTo(Outcome.UNKNOWN))
        .hasMessageContaining("was ended on the connection itself");
    assertThat(POSTGRESQL.rows()).as("committed by hand, and nothing after it").containsExactly(1);
  }

  @ParameterizedTest
  @EnumSource(names = {"POSTGRESQL_DIRECT", "POSTGRESQL_PLATFORM", "POSTGRESQL_STAGES"})
  void connection_isInATransactionBegunBySql_isRolledBack(Setting setting) throws Exception {
    Jdbc.pool(Postgres.dataSource(), PoolSettings.ofSize(1))
        .use(pool -> {
          long first =
              setting.use(
                  pool.connection(),
                  connection -> {
                    Setting.run(connection, "BEGIN");
                    Setting.insert(connection, 1);
                    return Backends.pid(connection);
                  });
          setting.use(pool.connection(), connection -> Setting.insert(connection, 2));
          assertThat(setting.<Long>use(pool.connection(), Backends::pid)).isEqualTo(first);
          return null;
        });
    assertThat(POSTGRESQL.rows()).containsExactly(2);
  }

  /** One that has failed refuses all but a rollback. */
  @Test
  void connection_isInATransactionThatFailed_isRolledBack() throws Exception {
    Jdbc.pool(Postgres.dataSource(), PoolSettings.ofSize(1))
        .use(pool -> {
          assertThatThrownBy(() ->
                  pool.connection()
                      .use(connection -> {
                        Setting.run(connection, "start transaction");
                        return Setting.run(connection, "no SQL");
                      }))
              .isInstanceOf(SQLException.class)
              .hasNoSuppressedExceptions();
          return pool.connection().use(connection -> Setting.insert(connection, 2));
        });
    assertThat(POSTGRESQL.rows()).containsExactly(2);
  }

  /** Plain JDBC knows no other connection than the one that rows lead to. */
  @Test
  void connectionOfADataSource_isClosedByWayOfItsRows_isGivenBack() throws Exception {
    Jdbc.pool(Postgres.dataSource(), PoolSettings.ofSize(1))
        .run(pool -> {
          Connection connection = pool.dataSource("orders").getConnection();
          try (Statement statement = connection.createStatement();
              ResultSet rows = statement.executeQuery("select 1")) {
            rows.getStatement().getConnection().close();
            assertThat(pool.inUse()).isZero();
          } finally {
            connection.close();
          }
        });
  }

  @Test
  void metaData_leadsToTheGuardedConnection() throws Exception {
    Jdbc.transaction(Postgres.dataSource())
        .use(connection -> {
          assertThat(connection.getMetaData().getConnection()).isSameAs(connection);
          assertThat(connection.getMetaData()).hasToString("metadata of Jdbc.transaction");
          return null;
        });
  }

  static Stream<Throwable> refusalsOfRelease() {
    return Stream.of(
        // Oracle's.
        new SQLFeatureNotSupportedException("releaseSavepoint"),
        // SQL Server's.
        new SQLException("This operation is not supported."),
        new SQLException("not implemented", "0A000"),
        new SQLException("not implemented", "IM001"),
        new UnsupportedOperationException(),
        new AbstractMethodError());
  }

  /** Oracle and SQL Server know none. */
  @ParameterizedTest
  @MethodSource("refusalsOfRelease")
  void savepoint_cannotBeReleased_endsWithItsTransaction(Throwable refusal) throws Exception {
    var driver = new FailingConnection(Postgres.dataSource().getConnection());
    driver.fail("releaseSavepoint", refusal);
    try (Connection connection = driver.proxy()) {
      Jdbc.transaction(connection)
          .use(outer -> {
            Setting.insert(outer, 1);
            Jdbc.transaction(outer)
                .suppressing(IllegalStateException.class)
                .use(inner -> {
                  Setting.insert(inner, 2);
                  throw new IllegalStateException("undoes the second row alone");
                });
            return Jdbc.transaction(outer).use(inner -> Setting.insert(inner, 3));
          });
    }
    assertThat(POSTGRESQL.rows()).containsExactly(1, 3);
  }
}
