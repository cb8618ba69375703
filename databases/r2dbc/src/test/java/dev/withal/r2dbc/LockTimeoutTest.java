package dev.withal.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.Body;
import dev.withal.r2dbc.TransactionException.Outcome;
import dev.withal.testkit.LeakCheck;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.R2dbcException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;

/**
 * A wait for a lock that takes too long undoes its statement, or the whole transaction, as the
 * server is set. Its error is the same.
 */
@ExtendWith(LeakCheck.class)
class LockTimeoutTest {
  private static final TransactionOptions TRANSFER = TransactionOptions.DEFAULT.named("transfer");

  /** How a transaction comes by its connection. */
  enum From {
    A_CONTEXT {
      @Override
      Object use(String url, Body<Connection, Object, Exception> body) throws Exception {
        return R2dbc.connection(url)
            .use(connection -> R2dbc.transaction(connection, TRANSFER).use(body));
      }
    },
    A_POOL {
      @Override
      Object use(String url, Body<Connection, Object, Exception> body) throws Exception {
        return R2dbc.pool(url, PoolSettings.ofSize(1))
            .use(pool -> pool.transaction(TRANSFER).use(body));
      }
    },
    A_POOL_THAT_LENT_IT_BEFORE {
      @Override
      Object use(String url, Body<Connection, Object, Exception> body) throws Exception {
        return R2dbc.pool(url, PoolSettings.ofSize(1))
            .use(pool -> {
              pool.transaction().use(connection -> Setting.run(connection, "select 1"));
              return pool.transaction(TRANSFER).use(body);
            });
      }
    },
    A_LEASE {
      @Override
      Object use(String url, Body<Connection, Object, Exception> body) throws Exception {
        return R2dbc.pool(url, PoolSettings.ofSize(1))
            .use(pool ->
                pool.connection()
                    .use(connection -> R2dbc.transaction(connection, TRANSFER).use(body)));
      }
    },
    THE_CALLER {
      @Override
      Object use(String url, Body<Connection, Object, Exception> body) throws Exception {
        Connection connection =
            Async.await(Mono.<Connection>from(ConnectionFactories.get(url).create()).toFuture());
        try {
          return R2dbc.transaction(connection, TRANSFER).use(body);
        } finally {
          Async.await(Mono.from(connection.close()).toFuture());
        }
      }
    };

    abstract Object use(String url, Body<Connection, Object, Exception> body) throws Exception;
  }

  private final List<Throwable> caught = new ArrayList<>();

  @BeforeEach
  void assumeServer() {
    Mariadb.assumeThere();
  }

  @ParameterizedTest
  @EnumSource
  void transaction_serverRollsItBackOnTimeout_commitIsNoSuccess(From from) throws Exception {
    String url = Mariadb.urlOfRollbackOnTimeout();

    Throwable thrown = catchThrowable(() -> goOn(url, from));

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
    assertThat(rows(url)).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource
  void transaction_serverUndoesTheStatementOnTimeout_goesOn(From from) throws Exception {
    goOn(Mariadb.url(), from);

    assertThat(caught.getFirst())
        .isInstanceOfSatisfying(
            R2dbcException.class, error -> assertThat(error.getErrorCode()).isEqualTo(1205));
    assertThat(caught).hasSize(2).last().isNull();
    assertThat(rows(Mariadb.url())).isEqualTo(3);
  }

  @ParameterizedTest
  @EnumSource
  void savepoint_serverRollsBackItsTransactionOnTimeout_commitIsNoSuccess(From from)
      throws Exception {
    String url = Mariadb.urlOfRollbackOnTimeout();
    makeTable(url);

    Throwable thrown =
        catchThrowable(() ->
            whileLocked(
                url,
                () ->
                    from.use(
                        url,
                        outer -> {
                          Setting.run(outer, "insert into entry values (2)");
                          return R2dbc.transaction(outer)
                              .suppressing(R2dbcException.class)
                              .use(LockTimeoutTest::lock);
                        })));

    assertThat(thrown)
        .isInstanceOfSatisfying(
            TransactionException.class,
            told -> assertThat(told.outcome()).isEqualTo(Outcome.NOT_COMMITTED))
        .hasMessageStartingWith("transfer: nothing is committed, as the server aborted");
    assertThat(rows(url)).isEqualTo(1);
  }

  /** Inserts a row, waits for a lock for too long, and inserts another row all the same. */
  private void goOn(String url, From from) throws Exception {
    makeTable(url);
    whileLocked(
        url,
        () ->
            from.use(
                url,
                connection -> {
                  Setting.run(connection, "insert into entry values (2)");
                  caught.add(catchThrowable(() -> lock(connection)));
                  return caught.add(
                      catchThrowable(
                          () -> Setting.run(connection, "insert into entry values (3)")));
                }));
  }

  private static String state(Throwable error) {
    return error instanceof R2dbcException told ? told.getSqlState() : "none: " + error;
  }

  private interface Running {
    Object run() throws Exception;
  }

  private static void whileLocked(String url, Running running) throws Exception {
    R2dbc.connection(url)
        .use(connection ->
            R2dbc.transaction(connection)
                .use(holder -> {
                  lock(holder);
                  return running.run();
                }));
  }

  /** If another one has it, that is a wait of no time that takes too long. */
  private static Long lock(Connection connection) throws InterruptedException {
    return ask(connection, "select id from entry where id = 1 for update nowait");
  }

  private static Long ask(Connection connection, String sql) throws InterruptedException {
    return Async.await(
        R2dbc.first(connection.createStatement(sql).execute(), row -> row.get(0, Long.class)));
  }

  private static void makeTable(String url) throws Exception {
    R2dbc.connection(url)
        .use(connection -> {
          Setting.run(connection, "drop table if exists entry");
          Setting.run(connection, "create table entry (id int primary key)");
          return Setting.run(connection, "insert into entry values (1)");
        });
  }

  private static long rows(String url) throws Exception {
    return R2dbc.connection(url).use(connection -> ask(connection, "select count(*) from entry"));
  }
}
