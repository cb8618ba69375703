package dev.withal.jdbc;

import static dev.withal.jdbc.NestedDataSourceTest.inOurs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.withal.testkit.LeakCheck;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Nothing that is done on a transaction's connection as a data source ends the transaction. */
@ExtendWith(LeakCheck.class)
class NestedGuardTest {

  @Test
  void end_outOfAnyTransaction_isRefused() throws Exception {
    inOurs(
        Setting.H2_DIRECT,
        (outer, dataSource) -> {
          Setting.insert(outer, 1);
          try (Connection connection = dataSource.getConnection()) {
            assertThat(connection.getAutoCommit()).isTrue();
            assertThatThrownBy(connection::commit)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                    "transaction, data source is in a transaction that ends with its"
                        + " body, and has begun none inside it: turn auto-commit off before"
                        + " calling commit()");
            assertThatThrownBy(connection::rollback).isInstanceOf(IllegalStateException.class);
            connection.setAutoCommit(false);
            connection.commit();
            connection.setAutoCommit(true);
            assertThatThrownBy(connection::commit).isInstanceOf(IllegalStateException.class);
          }
          assertThatThrownBy(outer::commit).isInstanceOf(IllegalStateException.class);
          throw new Library.Undone();
        });
    assertThat(Setting.H2_DIRECT.rows()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"commit", "rollback", "/* */ commit", "begin"})
  void end_asSql_isRefused(String sql) throws Exception {
    inOurs(
        Setting.POSTGRESQL_DIRECT,
        (_, dataSource) -> {
          try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            Setting.insert(connection, 1);
            assertThatThrownBy(() -> Setting.run(connection, sql))
                .isInstanceOf(IllegalStateException.class);
          }
        });
    assertThat(Setting.POSTGRESQL_DIRECT.rows()).isEmpty();
  }

  /** H2 commits when it is set. */
  @ParameterizedTest
  @EnumSource(names = {"H2_DIRECT", "POSTGRESQL_DIRECT"})
  void isolationLevel_isSetInside_isRefused(Setting setting) throws Exception {
    inOurs(
        setting,
        (outer, dataSource) -> {
          Setting.insert(outer, 1);
          try (Connection connection = dataSource.getConnection()) {
            assertThatThrownBy(
                    () -> connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE))
                .isInstanceOf(IllegalStateException.class);
          }
          throw new Library.Undone();
        });
    assertThat(setting.rows()).isEmpty();
  }

  /** PostgreSQL's driver would begin the outer transaction so. */
  @ParameterizedTest
  @EnumSource(names = {"H2_DIRECT", "POSTGRESQL_DIRECT"})
  void readOnlyMode_isSetInside_isRefused(Setting setting) throws Exception {
    inOurs(
        setting,
        (outer, dataSource) -> {
          try (Connection connection = dataSource.getConnection()) {
            assertThatThrownBy(() -> connection.setReadOnly(true))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                    "transaction, data source is in a transaction, whose read-only mode can't be"
                        + " changed: set it in the TransactionOptions with which the transaction"
                        + " begins");
            Setting.insert(connection, 1);
            connection.setReadOnly(false);
          }
          Setting.insert(outer, 2);
        });
    assertThat(setting.rows()).containsExactly(1, 2);
  }

  /** Spring asks for it as a hint, which needs no answer. */
  @ParameterizedTest
  @EnumSource(names = {"H2_DIRECT", "POSTGRESQL_DIRECT"})
  void readOnlyTransactionOfSpring_inOurs_leavesOursAsItIs(Setting setting) throws Exception {
    inOurs(
        setting,
        (outer, dataSource) -> {
          var readOnly = new TransactionTemplate(new DataSourceTransactionManager(dataSource));
          readOnly.setReadOnly(true);
          Integer found =
              readOnly.execute(_ ->
                  JdbcClient.create(dataSource)
                      .sql("select count(*) from entry")
                      .query(Integer.class)
                      .single());
          assertThat(found).isZero();
          Setting.insert(outer, 1);
        });
    assertThat(setting.rows()).containsExactly(1);
  }

  @Test
  void dataSource_ofWhatIsNoTransaction_isRefused() throws Exception {
    Jdbc.connection(Setting.h2("test"))
        .use(connection -> {
          assertThatThrownBy(() -> Jdbc.dataSource(connection))
              .isInstanceOf(IllegalArgumentException.class);
          return null;
        });
    try (Connection foreign = Setting.h2("test").getConnection()) {
      assertThatThrownBy(() -> Jdbc.dataSource(foreign))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("this connection was not given to a transaction's body");
    }
  }

  @Test
  void dataSource_transactionHasEnded_isRefused() throws Exception {
    var kept = new AtomicReference<DataSource>();
    inOurs(Setting.H2_DIRECT, (_, dataSource) -> kept.set(dataSource));

    assertThatThrownBy(() -> kept.get().getConnection())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("transaction has ended");
  }

  @Test
  void otherUser_isRefused() throws Exception {
    inOurs(
        Setting.H2_DIRECT,
        (_, dataSource) ->
            assertThatThrownBy(() -> dataSource.getConnection("ada", "s3cret"))
                .isInstanceOf(SQLException.class));
  }

  /** PostgreSQL would know the transaction inside no more, and refuse all that comes after. */
  @ParameterizedTest
  @EnumSource(names = {"H2_DIRECT", "POSTGRESQL_DIRECT"})
  void savepointByHand_isEndedAroundAnOpenTransaction_isRefused(Setting setting) throws Exception {
    inOurs(
        setting,
        (outer, dataSource) -> {
          Savepoint before = outer.setSavepoint();
          try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            Setting.insert(connection, 1);
            assertThatThrownBy(() -> outer.rollback(before))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                    "a transaction that was begun inside that of transaction is still open: end"
                        + " that one first");
            assertThatThrownBy(() -> outer.releaseSavepoint(before))
                .isInstanceOf(IllegalStateException.class);
            connection.commit();
          }
          Setting.insert(outer, 2);
        });
    assertThat(setting.rows()).containsExactly(1, 2);
  }

  @ParameterizedTest
  @EnumSource(names = {"H2_DIRECT", "POSTGRESQL_DIRECT"})
  void savepointByHand_noTransactionIsOpenInside_isRolledBackTo(Setting setting) throws Exception {
    inOurs(
        setting,
        (outer, _) -> {
          Setting.insert(outer, 1);
          Savepoint before = outer.setSavepoint("before");
          Jdbc.transaction(outer)
              .run(inner -> {
                Savepoint inside = inner.setSavepoint();
                Setting.insert(inner, 2);
                inner.rollback(inside);
                inner.releaseSavepoint(inside);
                Setting.insert(inner, 3);
              });
          outer.rollback(before);
          Setting.insert(outer, 4);
          outer.releaseSavepoint(before);
        });
    assertThat(setting.rows()).containsExactly(1, 4);
  }
}
