package dev.withal.jdbc;

import static dev.withal.jdbc.NestedDataSourceTest.inOurs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.withal.testkit.LeakCheck;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Savepoints lie in each other, and end in reverse order or not at all. */
@ExtendWith(LeakCheck.class)
class NestedOrderTest {

  @ParameterizedTest
  @EnumSource(names = {"H2_DIRECT", "POSTGRESQL_DIRECT"})
  void transactionsOnTwoConnections_outerOneEndsFirst_isRefused(Setting setting) throws Exception {
    inOurs(
        setting,
        (_, dataSource) -> {
          try (Connection first = dataSource.getConnection();
              Connection second = dataSource.getConnection()) {
            first.setAutoCommit(false);
            Setting.insert(first, 1);
            second.setAutoCommit(false);
            Setting.insert(second, 2);
            assertThatThrownBy(first::rollback)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                    "a transaction that was begun inside that of transaction, data source is still"
                        + " open: end that one first");
            assertThatThrownBy(first::commit).isInstanceOf(IllegalStateException.class);
            second.commit();
            first.commit();
          }
        });
    assertThat(setting.rows()).containsExactly(1, 2);
  }

  @ParameterizedTest
  @EnumSource(names = {"H2_DIRECT", "POSTGRESQL_DIRECT"})
  void transactionsOnTwoConnections_outerOneIsClosedFirst_innerIsToldAsUndone(Setting setting)
      throws Exception {
    inOurs(
        setting,
        (outer, dataSource) -> {
          Connection first = dataSource.getConnection();
          first.setAutoCommit(false);
          Setting.insert(first, 1);
          try (Connection second = dataSource.getConnection()) {
            second.setAutoCommit(false);
            Setting.insert(second, 2);
            first.close();
            assertThatThrownBy(second::commit)
                .isInstanceOf(SQLException.class)
                .hasMessageStartingWith("the transaction was undone with the one around it");
            assertThatThrownBy(() -> Setting.insert(second, 3)).isInstanceOf(SQLException.class);
            second.rollback();
            Setting.insert(second, 4);
            second.commit();
          }
          Setting.insert(outer, 5);
        });
    assertThat(setting.rows()).containsExactly(4, 5);
  }

  @ParameterizedTest
  @EnumSource(names = {"H2_DIRECT", "POSTGRESQL_DIRECT"})
  void savepointOfOurs_endsBeforeOneBegunInsideOnTheOuterConnection_undoesBoth(Setting setting)
      throws Exception {
    inOurs(
        setting,
        (outer, dataSource) -> {
          try (Connection left = dataSource.getConnection()) {
            assertThatThrownBy(() ->
                    Jdbc.transaction(outer)
                        .use(inner -> {
                          Setting.insert(inner, 1);
                          left.setAutoCommit(false);
                          return Setting.insert(left, 2);
                        }))
                .isInstanceOf(TransactionException.class)
                .hasMessageContaining("a transaction that was begun inside it is still open")
                .hasNoSuppressedExceptions();
          }
          Setting.insert(outer, 3);
        });
    assertThat(setting.rows()).containsExactly(3);
  }
}
