package dev.withal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.withal.testkit.LeakCheck;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** On a transaction's connection as a data source, transactions are savepoints. */
@ExtendWith(LeakCheck.class)
class NestedDataSourceTest {

  @ParameterizedTest
  @EnumSource(names = {"H2_DIRECT", "POSTGRESQL_DIRECT"})
  void transactions_onOneConnection_endOneAfterTheOther(Setting setting) throws Exception {
    inOurs(
        setting,
        (_, dataSource) -> {
          try (Connection connection = dataSource.getConnection()) {
            Setting.insert(connection, 1);
            connection.setAutoCommit(false);
            Setting.insert(connection, 2);
            connection.commit();
            Setting.insert(connection, 3);
            connection.rollback();
            Setting.insert(connection, 4);
            connection.setAutoCommit(true);
            Setting.insert(connection, 5);
          }
        });
    assertThat(setting.rows()).containsExactly(1, 2, 4, 5);
  }

  @ParameterizedTest
  @EnumSource(names = {"H2_DIRECT", "POSTGRESQL_DIRECT"})
  void statement_isPreparedBeforeTheTransaction_isInIt(Setting setting) throws Exception {
    inOurs(
        setting,
        (_, dataSource) -> {
          try (Connection connection = dataSource.getConnection();
              PreparedStatement insert =
                  connection.prepareStatement("insert into entry values (?)")) {
            connection.setAutoCommit(false);
            insert.setInt(1, 1);
            insert.executeUpdate();
            connection.rollback();
            insert.setInt(1, 2);
            insert.executeUpdate();
            connection.commit();
          }
        });
    assertThat(setting.rows()).containsExactly(2);
  }

  @ParameterizedTest
  @EnumSource(names = {"H2_DIRECT", "POSTGRESQL_DIRECT"})
  void close_transactionIsOpen_undoesItAlone(Setting setting) throws Exception {
    inOurs(
        setting,
        (outer, dataSource) -> {
          Setting.insert(outer, 1);
          Connection connection = dataSource.getConnection();
          connection.setAutoCommit(false);
          Setting.insert(connection, 2);
          connection.close();
          connection.close();
          assertThat(connection.isClosed()).isTrue();
          assertThat(outer.isClosed()).isFalse();
        });
    assertThat(setting.rows()).containsExactly(1);
  }

  @ParameterizedTest
  @EnumSource(names = {"H2_DIRECT", "POSTGRESQL_DIRECT"})
  void ours_endsBeforeOneInside_undoesThatAlone(Setting setting) throws Exception {
    var left = new AtomicReference<Connection>();
    inOurs(
        setting,
        (outer, dataSource) -> {
          Setting.insert(outer, 1);
          left.set(dataSource.getConnection());
          left.get().setAutoCommit(false);
          Setting.insert(left.get(), 2);
        });
    assertThat(setting.rows()).containsExactly(1);
    assertThatThrownBy(() -> Setting.insert(left.get(), 3))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("transaction has ended");
    left.get().close();
    assertThat(setting.rows()).containsExactly(1);
  }

  /** The next one that has the connection would be asked for a savepoint that it hasn't got. */
  @ParameterizedTest
  @EnumSource(names = {"H2_DIRECT", "POSTGRESQL_DIRECT"})
  void close_afterOursWasRolledBack_sendsNothing(Setting setting) throws Exception {
    setting.makeTable();
    Jdbc.pool(setting.dataSource(), PoolSettings.ofSize(1))
        .use(pool -> {
          var left = new AtomicReference<Connection>();
          pool.transaction()
              .suppressing(Library.Undone.class)
              .use(outer -> {
                left.set(Jdbc.dataSource(outer).getConnection());
                left.get().setAutoCommit(false);
                Setting.insert(left.get(), 1);
                throw new Library.Undone();
              });
          pool.transaction()
              .use(next -> {
                Setting.insert(next, 2);
                left.get().close();
                return Setting.insert(next, 3);
              });
          return null;
        });
    assertThat(setting.rows()).containsExactly(2, 3);
  }

  @ParameterizedTest
  @EnumSource(names = {"H2_DIRECT", "POSTGRESQL_DIRECT"})
  void savepointOfOurs_endsBeforeOneInside_undoesThatAlone(Setting setting) throws Exception {
    inOurs(
        setting,
        (outer, _) ->
            Jdbc.transaction(outer)
                .use(inner -> {
                  Setting.insert(inner, 1);
                  Connection left = Jdbc.dataSource(inner).getConnection();
                  left.setAutoCommit(false);
                  Setting.insert(left, 2);
                  inOneMore(left);
                  left.rollback();
                  Setting.insert(left, 3);
                  return closeLater(left);
                })
                .close());
    assertThat(setting.rows()).containsExactly(1);
  }

  private static void inOneMore(Connection connection) throws Exception {
    Jdbc.transaction(connection).use(inside -> Setting.insert(inside, 4));
  }

  /** To close it only after its transaction has ended. */
  private static Connection closeLater(Connection connection) {
    return connection;
  }

  @ParameterizedTest
  @EnumSource(names = {"H2_DIRECT", "POSTGRESQL_DIRECT"})
  void transactionsOnTwoConnections_endInReverseOrder_areSavepointsInSavepoints(Setting setting)
      throws Exception {
    inOurs(
        setting,
        (_, dataSource) -> {
          try (Connection first = dataSource.getConnection();
              Connection second = dataSource.getConnection()) {
            first.setAutoCommit(false);
            Setting.insert(first, 1);
            second.setAutoCommit(false);
            Setting.insert(second, 2);
            second.rollback();
            Setting.insert(second, 3);
            second.commit();
            first.commit();
          }
        });
    assertThat(setting.rows()).containsExactly(1, 3);
  }

  @ParameterizedTest
  @EnumSource(names = {"H2_DIRECT", "POSTGRESQL_DIRECT"})
  void dataSourceOfADataSource_hasTransactionsInsideItsOwn(Setting setting) throws Exception {
    inOurs(
        setting,
        (_, dataSource) -> {
          try (Connection first = dataSource.getConnection();
              Connection second = Jdbc.dataSource(first).getConnection()) {
            first.setAutoCommit(false);
            second.setAutoCommit(false);
            Setting.insert(second, 1);
            second.commit();
            Setting.insert(second, 2);
            second.rollback();
            first.rollback();
            Setting.insert(first, 3);
            first.commit();
          }
        });
    assertThat(setting.rows()).containsExactly(3);
  }

  interface Use {
    void of(Connection outer, DataSource dataSource) throws Exception;
  }

  static void inOurs(Setting setting, Use use) throws Exception {
    setting.makeTable();
    Jdbc.pool(setting.dataSource(), PoolSettings.ofSize(1))
        .use(pool ->
            pool.transaction()
                .suppressing(Library.Undone.class)
                .use(outer -> {
                  use.of(outer, Jdbc.dataSource(outer));
                  return null;
                }));
  }
}
