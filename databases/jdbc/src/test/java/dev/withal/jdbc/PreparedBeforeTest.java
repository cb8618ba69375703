package dev.withal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.LeakCheck;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** SQL that was prepared or batched before a transaction is refused in it as any other is. */
@ExtendWith(LeakCheck.class)
class PreparedBeforeTest {

  @ParameterizedTest
  @ValueSource(strings = {"H2", "PostgreSQL", "MariaDB"})
  void commit_thatWasPreparedBefore_isRefused(String database) throws Exception {
    DataSource dataSource = dataSource(database);
    Jdbc.connection(dataSource)
        .run(lease -> {
          PreparedStatement prepared = lease.prepareStatement("commit");
          PreparedStatement inBatch = lease.prepareStatement("/* */ commit");
          inBatch.addBatch();
          List<Throwable> refused =
              inTransaction(
                  lease,
                  prepared::execute,
                  prepared::executeUpdate,
                  prepared::executeLargeUpdate,
                  inBatch::executeBatch,
                  inBatch::executeLargeBatch);

          assertThat(refused)
              .hasSize(5)
              .allSatisfy(each ->
                  assertThat(each)
                      .isInstanceOf(IllegalStateException.class)
                      .hasMessageContaining("ends with its body")
                      .hasMessageContaining("commit"));
        });
    assertThat(rows(dataSource)).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"H2", "PostgreSQL", "MariaDB"})
  void commit_thatWasBatchedBefore_isRefused(String database) throws Exception {
    DataSource dataSource = dataSource(database);
    Jdbc.connection(dataSource)
        .run(lease -> {
          Statement statement = lease.createStatement();
          statement.addBatch("insert into entry values (2)");
          statement.addBatch("commit");
          statement.addBatch("insert into entry values (3)");
          List<Throwable> refused =
              inTransaction(lease, statement::executeBatch, statement::executeLargeBatch);

          assertThat(refused)
              .hasSize(2)
              .allSatisfy(each -> assertThat(each).isInstanceOf(IllegalStateException.class));
        });
    assertThat(rows(dataSource)).isZero();
  }

  @Test
  void batch_isClearedOrRun_isForgotten() throws Exception {
    DataSource dataSource = dataSource("H2");
    Jdbc.connection(dataSource)
        .run(lease -> {
          Statement cleared = lease.createStatement();
          cleared.addBatch("commit");
          cleared.clearBatch();
          Statement run = lease.createStatement();
          run.addBatch("commit");
          run.executeBatch();
          Jdbc.transaction(lease)
              .run(inside -> {
                cleared.addBatch("insert into entry values (1)");
                cleared.executeBatch();
                run.addBatch("insert into entry values (2)");
                run.executeBatch();
              });
        });
    assertThat(rows(dataSource)).isEqualTo(2);
  }

  /** A call to a statement. */
  private interface Run {
    Object run() throws SQLException;
  }

  /** {@return the errors of the calls, made in a transaction that has a row and fails} */
  private static List<Throwable> inTransaction(Connection lease, Run... calls) {
    var errors = new ArrayList<Throwable>();
    assertThatThrownBy(() ->
            Jdbc.transaction(lease)
                .use(inside -> {
                  Setting.insert(inside, 1);
                  for (Run call : calls) {
                    errors.add(catchThrowable(call::run));
                  }
                  throw new Library.Undone();
                }))
        .isInstanceOf(Library.Undone.class);
    return errors;
  }

  private static DataSource dataSource(String database) throws Exception {
    switch (database) {
      case "H2" -> Setting.H2_DIRECT.makeTable();
      case "PostgreSQL" -> Setting.POSTGRESQL_DIRECT.makeTable();
      default -> {
        Mariadb.assumeThere();
        Mariadb.makeTable();
        return Mariadb.dataSource();
      }
    }
    return database.equals("H2") ? Setting.h2("test") : Postgres.dataSource();
  }

  private static long rows(DataSource dataSource) throws Exception {
    return Jdbc.connection(dataSource)
        .use(connection -> Setting.ask(connection, "select count(*) from entry"));
  }
}
