package dev.withal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.jdbc.TransactionException.Outcome;
import dev.withal.testkit.LeakCheck;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** MariaDB says with each answer whether its transaction goes on, and a body's end tells of it. */
@ExtendWith(LeakCheck.class)
class EndedByServerTest {
  private static final TransactionOptions TRANSFER = TransactionOptions.DEFAULT.named("transfer");

  @BeforeEach
  void makeTables() throws Exception {
    Mariadb.assumeThere();
    Mariadb.makeTable();
    Jdbc.connection(Mariadb.dataSource())
        .run(connection -> {
          Setting.run(connection, "drop table if exists made");
          Setting.run(connection, "create or replace procedure commits() commit");
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"create table made (id int)", "call commits()"})
  void transaction_isCommittedByAStatementAndFails_isTold(String sql) throws Exception {
    Throwable thrown =
        catchThrowable(() ->
            Jdbc.transaction(Mariadb.dataSource(), TRANSFER)
                .run(connection -> {
                  Setting.insert(connection, 1);
                  Setting.run(connection, sql);
                  Setting.insert(connection, 2);
                  throw new Library.Undone();
                }));

    assertThat(thrown).isInstanceOf(Library.Undone.class);
    assertThat(thrown.getSuppressed())
        .singleElement()
        .isInstanceOfSatisfying(
            TransactionException.class,
            told -> assertThat(told.outcome()).isEqualTo(Outcome.UNKNOWN));
    assertThat(rows()).isEqualTo(1);
  }

  /** The statement may have rolled back as well. */
  @ParameterizedTest
  @ValueSource(strings = {"create table made (id int)", "call commits()"})
  void transaction_isCommittedByAStatement_isNoSuccess(String sql) throws Exception {
    Throwable thrown =
        catchThrowable(() ->
            Jdbc.transaction(Mariadb.dataSource(), TRANSFER)
                .run(connection -> {
                  Setting.insert(connection, 1);
                  Setting.run(connection, sql);
                  Setting.insert(connection, 2);
                }));

    assertThat(thrown)
        .isInstanceOfSatisfying(
            TransactionException.class,
            told -> assertThat(told.outcome()).isEqualTo(Outcome.UNKNOWN))
        .hasMessageStartingWith("transfer: its exit commits nothing");
    assertThat(rows()).isEqualTo(1);
  }

  /** There was nothing that could have been committed. */
  @Test
  void transaction_makesATableFirst_isCommitted() throws Exception {
    Jdbc.transaction(Mariadb.dataSource(), TRANSFER)
        .run(connection -> {
          Setting.run(connection, "create table made (id int)");
          Setting.insert(connection, 1);
        });
    assertThat(rows()).isEqualTo(1);
  }

  /** None of it ends the transaction. */
  @Test
  void transaction_readsWritesFailsAndUndoesAPart_isCommitted() throws Exception {
    Jdbc.transaction(Mariadb.dataSource(), TRANSFER)
        .run(outer -> {
          Jdbc.transaction(outer)
              .suppressing(Library.Undone.class)
              .run(inner -> {
                Setting.insert(inner, 9);
                throw new Library.Undone();
              });
          Setting.ask(outer, "select 1");
          Setting.insert(outer, 1);
          assertThat(catchThrowable(() -> Setting.insert(outer, 1)))
              .isInstanceOf(SQLException.class);
          Setting.ask(outer, "select count(*) from entry");
          Setting.run(outer, "create temporary table made (id int)");
          Jdbc.transaction(outer).run(inner -> Setting.insert(inner, 2));
          Jdbc.transaction(outer)
              .suppressing(Library.Undone.class)
              .run(inner -> {
                Setting.insert(inner, 3);
                throw new Library.Undone();
              });
          Setting.ask(outer, "select seq from seq_1_to_1");
        });
    assertThat(rows()).isEqualTo(2);
  }

  private static long rows() throws Exception {
    return Jdbc.connection(Mariadb.dataSource())
        .use(connection -> Setting.ask(connection, "select count(*) from entry"));
  }
}
