package dev.withal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.database.testing.stories.Running;
import dev.withal.jdbc.TransactionException.Outcome;
import dev.withal.testkit.LeakCheck;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the server has undone under a body that takes no notice is told as such. */
@ExtendWith(LeakCheck.class)
class DeadlockTest {
  private static final TransactionOptions TRANSFER = TransactionOptions.DEFAULT.named("transfer");

  /** Two transactions change two rows, in opposite order. */
  @ParameterizedTest
  @CsvSource({"H2, false", "H2, true", "MariaDB, false", "MariaDB, true"})
  void transaction_serverHasRolledItBack_commitIsNoSuccess(String database, boolean inSavepoint)
      throws Exception {
    DataSource dataSource = dataSource(database);
    makeTable(dataSource);
    var met = new CyclicBarrier(2);

    Jdbc.pool(dataSource, PoolSettings.ofSize(2))
        .use(pool -> {
          List<Throwable> ends =
              Stream.of(begin(pool, met, 1, inSavepoint), begin(pool, met, 2, inSavepoint))
                  .toList()
                  .stream()
                  .map(running -> catchThrowable(() -> running.result().get(20, TimeUnit.SECONDS)))
                  .toList();

          assertThat(ends).filteredOn(end -> end == null).as("the other one").hasSize(1);
          assertThat(ends)
              .filteredOn(end -> end != null)
              .singleElement()
              .extracting(Throwable::getCause)
              .isInstanceOfSatisfying(
                  TransactionException.class,
                  told -> {
                    assertThat(told.outcome()).isEqualTo(Outcome.NOT_COMMITTED);
                    assertThat(told.getSQLState()).isEqualTo("40001");
                    assertThat(told.getMessage())
                        .startsWith("transfer: nothing is committed, as the server aborted");
                  });
          return null;
        });
    assertThat(ask(dataSource, "select sum(n) from entry")).isEqualTo(2);
    assertThat(ask(dataSource, "select count(*) from entry")).as("and one insert").isEqualTo(3);
  }

  /** MariaDB finds out as the row is changed, and rolls back all that came before. */
  @Test
  void transaction_rowChangedSinceItsSnapshot_commitIsNoSuccess() throws Exception {
    Mariadb.assumeThere();
    makeTable(Mariadb.dataSource());

    Throwable thrown =
        catchThrowable(() ->
            Jdbc.transaction(Mariadb.ofSnapshots(), TRANSFER)
                .use(connection -> {
                  Setting.ask(connection, "select n from entry where id = 1");
                  change(1);
                  Setting.run(connection, "insert into entry values (3, 0)");
                  assertThatThrownBy(() -> change(connection, 1)).isInstanceOf(SQLException.class);
                  // It would commit what comes after the server's rollback.
                  assertThatThrownBy(() ->
                          Setting.run(connection, "create table if not exists other (id int)"))
                      .isInstanceOfSatisfying(
                          SQLException.class,
                          refused -> assertThat(refused.getSQLState()).isEqualTo("25P02"))
                      .hasMessage(
                          "transfer: the server aborted the transaction when a statement failed, so"
                              + " this one isn't run");
                  return catchThrowable(
                      () -> Setting.run(connection, "insert into entry values (4, 0)"));
                }));

    assertThat(thrown)
        .isInstanceOfSatisfying(
            TransactionException.class,
            told -> {
              assertThat(told.outcome()).isEqualTo(Outcome.NOT_COMMITTED);
              assertThat(told.getErrorCode()).isEqualTo(1020);
            })
        .hasMessageStartingWith("transfer: nothing is committed, as the server aborted");
    assertThat(ask(Mariadb.dataSource(), "select count(*) from entry")).isEqualTo(2);
  }

  @Test
  void transaction_rowChangedSinceItsSnapshot_isRunAgain() throws Exception {
    Mariadb.assumeThere();
    makeTable(Mariadb.dataSource());
    var attempts = new AtomicInteger();

    Jdbc.retrying(Jdbc.transaction(Mariadb.ofSnapshots(), TRANSFER))
        .attempts(2)
        .use(connection -> {
          Setting.ask(connection, "select n from entry where id = 1");
          if (attempts.incrementAndGet() == 1) {
            change(1);
          }
          return change(connection, 1);
        });

    assertThat(attempts).hasValue(2);
    assertThat(ask(Mariadb.dataSource(), "select n from entry where id = 1")).isEqualTo(2);
  }

  private static void change(int id) throws Exception {
    Jdbc.connection(Mariadb.dataSource()).run(another -> change(another, id));
  }

  /** H2 commits when a table is made, and knows the savepoint no more. */
  @Test
  void rollbackToASavepoint_fails_commitIsNoSuccess() throws Exception {
    DataSource dataSource = dataSource("H2");
    makeTable(dataSource);

    Throwable thrown =
        catchThrowable(() ->
            Jdbc.transaction(dataSource, TRANSFER)
                .use(outer -> {
                  Jdbc.transaction(outer)
                      .suppressing(Library.Undone.class)
                      .use(inner -> {
                        Setting.run(inner, "create table if not exists other (id int)");
                        Setting.run(inner, "insert into entry values (3, 0)");
                        throw new Library.Undone();
                      });
                  return Setting.run(outer, "insert into entry values (4, 0)");
                }));

    assertThat(thrown)
        .isInstanceOfSatisfying(
            TransactionException.class,
            told -> assertThat(told.outcome()).isEqualTo(Outcome.UNKNOWN))
        .hasMessageStartingWith(
            "transfer: its exit commits nothing, as work inside it could not be undone: ");
    assertThat(ask(dataSource, "select count(*) from entry")).isEqualTo(2);
  }

  private static Running<Throwable> begin(
      Pool pool, CyclicBarrier met, int own, boolean inSavepoint) {
    return Setting.H2_DIRECT.begin(
        pool.transaction(TRANSFER),
        connection -> {
          change(connection, own);
          met.await();
          int other = 3 - own;
          if (inSavepoint) {
            Jdbc.transaction(connection)
                .suppressing(SQLException.class)
                .use(inner -> change(inner, other));
          } else {
            catchThrowable(() -> change(connection, other));
          }
          String later = "insert into entry values (1" + own + ", 0)";
          return catchThrowable(() -> Setting.run(connection, later));
        });
  }

  private static int change(Connection connection, int id) throws SQLException {
    return Setting.run(connection, "update entry set n = n + 1 where id = " + id);
  }

  private static DataSource dataSource(String database) {
    if (database.equals("H2")) {
      return Setting.h2("test");
    }
    Mariadb.assumeThere();
    return Mariadb.dataSource();
  }

  private static void makeTable(DataSource dataSource) throws Exception {
    Jdbc.connection(dataSource)
        .use(connection -> {
          Setting.run(connection, "drop table if exists entry");
          Setting.run(connection, "create table entry (id int primary key, n int)");
          return Setting.run(connection, "insert into entry values (1, 0), (2, 0)");
        });
  }

  private static long ask(DataSource dataSource, String sql) throws Exception {
    return Jdbc.connection(dataSource).use(connection -> Setting.ask(connection, sql));
  }
}
