package dev.withal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.jdbc.TransactionException.Outcome;
import dev.withal.testkit.LeakCheck;
import java.sql.Array;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.postgresql.jdbc.PgConnection;

/** Nothing that a connection has made leads to the driver's own connection, unless unwrapped. */
@ExtendWith(LeakCheck.class)
class PastTheGuardTest {

  /** The ways to rows. */
  private enum Rows {
    OF_A_QUERY,
    OF_A_PREPARED_QUERY,
    OF_RESULTS,
    OF_GENERATED_KEYS;

    ResultSet make(Connection connection) throws SQLException {
      return switch (this) {
        case OF_A_QUERY -> connection.createStatement().executeQuery("select 1");
        case OF_A_PREPARED_QUERY -> connection.prepareStatement("select 1").executeQuery();
        case OF_RESULTS -> {
          Statement statement = connection.createStatement();
          statement.execute("select 1");
          yield statement.getResultSet();
        }
        case OF_GENERATED_KEYS -> {
          Statement statement = connection.createStatement();
          statement.executeUpdate("insert into entry values (9)", Statement.RETURN_GENERATED_KEYS);
          yield statement.getGeneratedKeys();
        }
      };
    }
  }

  @OnEverySetting
  void rows_leadToTheirStatementAsTheBodySeesIt(Setting setting) throws Exception {
    setting.makeTable();
    setting.use(
        Jdbc.transaction(setting.dataSource()),
        connection -> {
          for (Rows each : Rows.values()) {
            try (ResultSet rows = each.make(connection)) {
              assertThat(rows.getStatement().getConnection()).as(each.name()).isSameAs(connection);
              assertThat(rows.unwrap(ResultSet.class)).as(each.name()).isSameAs(rows);
              assertThat(rows.isWrapperFor(ResultSet.class)).as(each.name()).isTrue();
            }
          }
          return null;
        });
  }

  @ParameterizedTest
  @EnumSource(names = {"H2_DIRECT", "POSTGRESQL_DIRECT"})
  void rows_areAskedForAgain_areTheSame(Setting setting) throws Exception {
    Jdbc.connection(setting.dataSource())
        .run(connection -> {
          Statement statement = connection.createStatement();
          ResultSet rows = statement.executeQuery("select 1");

          assertThat(statement.getResultSet()).isSameAs(rows);
          assertThat(rows.getStatement()).isSameAs(statement);
        });
  }

  @OnEverySetting
  void commit_byWayOfRows_isRefused(Setting setting) throws Exception {
    setting.makeTable();
    var refused = new ArrayList<Throwable>();

    Throwable thrown =
        catchThrowable(() ->
            setting.use(
                Jdbc.transaction(setting.dataSource()),
                connection -> {
                  Setting.insert(connection, 1);
                  for (Rows each : Rows.values()) {
                    try (ResultSet rows = each.make(connection)) {
                      refused.add(
                          catchThrowable(() -> rows.getStatement().getConnection().commit()));
                    }
                  }
                  throw new Library.Undone();
                }));

    assertThat(thrown).isInstanceOf(Library.Undone.class).hasNoSuppressedExceptions();
    assertThat(refused)
        .hasSize(Rows.values().length)
        .allSatisfy(each -> assertThat(each).isInstanceOf(IllegalStateException.class));
    assertThat(setting.rows()).isEmpty();
  }

  /** Some drivers answer by a query of a statement of their own, and some have none. */
  @OnEverySetting
  void commit_byWayOfRowsOfMetaData_isRefused(Setting setting) throws Exception {
    setting.makeTable();

    Throwable thrown =
        catchThrowable(() ->
            setting.use(
                Jdbc.transaction(setting.dataSource()),
                connection -> {
                  Setting.insert(connection, 1);
                  DatabaseMetaData metaData = connection.getMetaData();
                  try (ResultSet tables = metaData.getTables(null, null, "%", null)) {
                    assertThat(tables.next()).isTrue();
                    Statement statement = tables.getStatement();
                    assertThat(tables.getStatement()).isSameAs(statement);
                    if (statement != null) {
                      assertThat(statement.getConnection()).isSameAs(connection);
                      statement.getConnection().commit();
                    }
                  }
                  throw new IllegalStateException("no statement");
                }));

    assertThat(thrown).isInstanceOf(IllegalStateException.class).hasNoSuppressedExceptions();
    assertThat(setting.rows()).isEmpty();
  }

  /** A function may return rows by the name of a cursor. */
  @Test
  void cursor_inARow_leadsToTheGuardedConnection() throws Exception {
    Jdbc.transaction(Postgres.dataSource())
        .run(connection -> {
          Setting.run(connection, "declare numbers cursor for select 7");
          try (ResultSet names =
                  connection.createStatement().executeQuery("select 'numbers'::refcursor");
              ResultSet rows = first(names)) {
            assertThat(rows.next()).isTrue();
            assertThat(rows.getInt(1)).isEqualTo(7);
            assertThat(rows.getStatement().getConnection()).isSameAs(connection);
          }
        });
  }

  private static ResultSet first(ResultSet rows) throws SQLException {
    assertThat(rows.next()).isTrue();
    return (ResultSet) rows.getObject(1);
  }

  /** PostgreSQL's driver gives the elements as rows of its own. */
  @Test
  void array_itsRows_leadToTheGuardedConnection() throws Exception {
    Jdbc.transaction(Postgres.dataSource())
        .run(connection -> {
          try (Statement statement = connection.createStatement();
              ResultSet rows = statement.executeQuery("select array[1, 2]")) {
            rows.next();
            for (Array array :
                List.of(
                    rows.getArray(1),
                    (Array) rows.getObject(1),
                    connection.createArrayOf("int4", new Object[] {1, 2}))) {
              try (ResultSet elements = array.getResultSet()) {
                assertThat(elements.getStatement().getConnection()).isSameAs(connection);
              }
            }
          }
        });
  }

  @Test
  void array_isGivenToAStatement_driverGetsItsOwn() throws Exception {
    List<Array> passed = new ArrayList<>();
    Jdbc.connection(Postgres.dataSource())
        .run(connection -> {
          Array array = connection.createArrayOf("int4", new Object[] {1, 2});
          try (PreparedStatement statement = connection.prepareStatement("select ?, ?")) {
            statement.setArray(1, array);
            statement.setObject(2, array);
            try (ResultSet rows = statement.executeQuery()) {
              rows.next();
              passed.add(rows.getArray(1));
              passed.add(rows.getArray(2));
            }
          }
        });
    assertThat(passed).hasSize(2).allSatisfy(array -> assertThat(array).hasToString("{1,2}"));
  }

  @Test
  void setting_byWayOfRows_isResetForTheNextBody() throws Exception {
    Jdbc.pool(Postgres.dataSource(), PoolSettings.ofSize(1))
        .run(pool -> {
          pool.connection()
              .run(connection -> {
                try (ResultSet rows = connection.createStatement().executeQuery("select 1")) {
                  Setting.run(rows.getStatement().getConnection(), "set lock_timeout = 4711");
                }
              });
          long left =
              pool.connection()
                  .use(connection ->
                      Setting.ask(
                          connection,
                          "select setting::int from pg_settings where name = 'lock_timeout'"));
          assertThat(left).isZero();
        });
  }

  @ParameterizedTest
  @EnumSource(names = {"H2_DIRECT", "POSTGRESQL_DIRECT"})
  void connection_byWayOfRows_endsWithItsContext(Setting setting) throws Exception {
    List<Connection> kept = new ArrayList<>();
    Jdbc.connection(setting.dataSource())
        .run(connection -> {
          ResultSet rows = connection.createStatement().executeQuery("select 1");
          kept.add(rows.getStatement().getConnection());
        });

    assertThatThrownBy(() -> kept.getFirst().createStatement())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageEndingWith("has ended: use its connection in the body only");
  }

  @ParameterizedTest
  @EnumSource(names = {"POSTGRESQL_DIRECT", "POSTGRESQL_STAGES"})
  void transaction_isCommittedOnTheDriversConnectionAndFails_isTold(Setting setting)
      throws Exception {
    setting.makeTable();

    Throwable thrown =
        catchThrowable(() ->
            setting.use(
                Jdbc.transaction(
                    setting.dataSource(), TransactionOptions.DEFAULT.named("transfer")),
                connection -> {
                  Setting.insert(connection, 1);
                  connection.unwrap(PgConnection.class).commit();
                  throw new Library.Undone();
                }));

    assertThat(thrown)
        .isInstanceOf(Library.Undone.class)
        .satisfies(told ->
            assertThat(told.getSuppressed())
                .singleElement()
                .isInstanceOfSatisfying(
                    TransactionException.class,
                    added -> {
                      assertThat(added.outcome()).isEqualTo(Outcome.UNKNOWN);
                      assertThat(added.getMessage()).contains("was ended on the connection itself");
                    }));
    assertThat(setting.rows()).containsExactly(1);
  }
}
