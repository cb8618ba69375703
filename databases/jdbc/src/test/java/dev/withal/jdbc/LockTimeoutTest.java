package dev.withal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Body;
import dev.withal.jdbc.TransactionException.Outcome;
import dev.withal.testkit.LeakCheck;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A wait for a lock that takes too long undoes its statement, or the whole transaction, as the
 * server is set. Its error is the same.
 */
@ExtendWith(LeakCheck.class)
class LockTimeoutTest {
  private static final TransactionOptions TRANSFER = TransactionOptions.DEFAULT.named("transfer");

  /** How a transaction comes by its connection. */
  enum From {
    A_DATA_SOURCE {
      @Override
      Object use(DataSource dataSource, Body<Connection, Object, Exception> body) throws Exception {
        return Jdbc.transaction(dataSource, TRANSFER).use(body);
      }
    },
    A_POOL {
      @Override
      Object use(DataSource dataSource, Body<Connection, Object, Exception> body) throws Exception {
        return Jdbc.pool(dataSource, PoolSettings.ofSize(1))
            .use(pool -> pool.transaction(TRANSFER).use(body));
      }
    },
    A_POOL_THAT_LENT_IT_BEFORE {
      @Override
      Object use(DataSource dataSource, Body<Connection, Object, Exception> body) throws Exception {
        return Jdbc.pool(dataSource, PoolSettings.ofSize(1))
            .use(pool -> {
              pool.transaction().use(connection -> Setting.ask(connection, "select 1"));
              return pool.transaction(TRANSFER).use(body);
            });
      }
    },
    THE_CALLER {
      @Override
      Object use(DataSource dataSource, Body<Connection, Object, Exception> body) throws Exception {
        try (Connection connection = dataSource.getConnection()) {
          return Jdbc.transaction(connection, TRANSFER).use(body);
        }
      }
    };

    abstract Object use(DataSource dataSource, Body<Connection, Object, Exception> body)
        throws Exception;
  }

  private final List<Throwable> caught = new ArrayList<>();

  @BeforeEach
  void assumeServer() {
    Mariadb.assumeThere();
  }

  @ParameterizedTest
  @EnumSource
  void transaction_serverRollsItBackOnTimeout_commitIsNoSuccess(From from) throws Exception {
    DataSource dataSource = Mariadb.ofRollbackOnTimeout();

    Throwable thrown = catchThrowable(() -> goOn(dataSource, from));

    assertThat(caught)
        .extracting(LockTimeoutTest::state)
        .as("the wait, and what comes after it")
        .containsExactly("HY000", "25P02");
    assertThat(thrown)
        .isInstanceOfSatisfying(
            TransactionException.class,
            told -> {
              assertThat(told.outcome()).isEqualTo(Outcome.NOT_COMMITTED);
              assertThat(told.getErrorCode()).isEqualTo(1205);
            })
        .hasMessageStartingWith("transfer: nothing is committed, as the server aborted");
    assertThat(rows(dataSource)).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource
  void transaction_serverUndoesTheStatementOnTimeout_goesOn(From from) throws Exception {
    goOn(Mariadb.dataSource(), from);

    assertThat(caught.getFirst())
        .isInstanceOfSatisfying(
            SQLException.class, error -> assertThat(error.getErrorCode()).isEqualTo(1205));
    assertThat(caught).hasSize(2).last().isNull();
    assertThat(rows(Mariadb.dataSource())).isEqualTo(3);
  }

  @ParameterizedTest
  @EnumSource
  void savepoint_serverRollsBackItsTransactionOnTimeout_commitIsNoSuccess(From from)
      throws Exception {
    DataSource dataSource = Mariadb.ofRollbackOnTimeout();
    makeTable(dataSource);

    Throwable thrown =
        catchThrowable(() ->
            whileLocked(
                dataSource,
                () ->
                    from.use(
                        dataSource,
                        outer -> {
                          Setting.run(outer, "insert into entry values (2)");
                          return Jdbc.transaction(outer)
                              .suppressing(SQLException.class)
                              .use(LockTimeoutTest::lock);
                        })));

    assertThat(thrown)
        .isInstanceOfSatisfying(
            TransactionException.class,
            told -> assertThat(told.outcome()).isEqualTo(Outcome.NOT_COMMITTED))
        .hasMessageStartingWith("transfer: nothing is committed, as the server aborted");
    assertThat(rows(dataSource)).isEqualTo(1);
  }

  /** The server tells of a lock on the table in the same way, and has rolled nothing back then. */
  @Test
  void transaction_waitForATableTookTooLong_isRolledBackByItsExit() throws Exception {
    DataSource dataSource = Mariadb.ofRollbackOnTimeout();
    makeTable(dataSource);
    Jdbc.connection(dataSource)
        .use(connection -> Setting.run(connection, "create or replace table other (id int)"));

    Throwable thrown =
        catchThrowable(() ->
            Jdbc.connection(dataSource)
                .use(holder -> {
                  Setting.run(holder, "lock tables entry write");
                  return From.A_DATA_SOURCE.use(
                      dataSource,
                      connection -> {
                        Setting.run(connection, "insert into other values (1)");
                        return caught.add(catchThrowable(() -> lock(connection)));
                      });
                }));

    assertThat(caught).extracting(LockTimeoutTest::state).containsExactly("HY000");
    assertThat(thrown)
        .isInstanceOfSatisfying(
            TransactionException.class,
            told -> assertThat(told.outcome()).isEqualTo(Outcome.NOT_COMMITTED));
    assertThat(ask(dataSource, "select count(*) from other")).isZero();
  }

  /** Inserts a row, waits for a lock for too long, and inserts another row all the same. */
  private void goOn(DataSource dataSource, From from) throws Exception {
    makeTable(dataSource);
    whileLocked(
        dataSource,
        () ->
            from.use(
                dataSource,
                connection -> {
                  Setting.run(connection, "insert into entry values (2)");
                  caught.add(catchThrowable(() -> lock(connection)));
                  return caught.add(
                      catchThrowable(
                          () -> Setting.run(connection, "insert into entry values (3)")));
                }));
  }

  private static String state(Throwable error) {
    return error instanceof SQLException told ? told.getSQLState() : "none: " + error;
  }

  private interface Running {
    Object run() throws Exception;
  }

  private static void whileLocked(DataSource dataSource, Running running) throws Exception {
    Jdbc.transaction(dataSource)
        .use(holder -> {
          lock(holder);
          return running.run();
        });
  }

  /** If another one has it, that is a wait of no time that takes too long. */
  private static long lock(Connection connection) throws SQLException {
    return Setting.ask(connection, "select id from entry where id = 1 for update nowait");
  }

  private static void makeTable(DataSource dataSource) throws Exception {
    Jdbc.connection(dataSource)
        .use(connection -> {
          Setting.run(connection, "drop table if exists entry");
          Setting.run(connection, "create table entry (id int primary key)");
          return Setting.run(connection, "insert into entry values (1)");
        });
  }

  private static long rows(DataSource dataSource) throws Exception {
    return ask(dataSource, "select count(*) from entry");
  }

  private static long ask(DataSource dataSource, String sql) throws Exception {
    return Jdbc.connection(dataSource).use(connection -> Setting.ask(connection, sql));
  }
}
