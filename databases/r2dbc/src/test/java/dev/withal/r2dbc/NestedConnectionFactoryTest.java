package dev.withal.r2dbc;

import static dev.withal.r2dbc.ConnectionFactoryTest.await;
import static dev.withal.r2dbc.ConnectionFactoryTest.taken;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.withal.Async;
import dev.withal.testkit.LeakCheck;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.IsolationLevel;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** On a transaction's connection as a factory, transactions are savepoints and never more. */
@ExtendWith(LeakCheck.class)
class NestedConnectionFactoryTest {

  @ParameterizedTest
  @EnumSource(names = {"H2_MEMORY_STAGES", "POSTGRESQL_STAGES"})
  void transactions_onOneConnection_endOneAfterTheOther(Setting setting) throws Exception {
    inOurs(
        setting,
        (_, factory) -> {
          Connection connection = taken(factory);
          insert(connection, 1);
          await(connection.beginTransaction());
          insert(connection, 2);
          await(connection.commitTransaction());
          await(connection.beginTransaction());
          insert(connection, 3);
          await(connection.rollbackTransaction());
          await(connection.setAutoCommit(false));
          await(connection.beginTransaction());
          insert(connection, 4);
          await(connection.setAutoCommit(true));
          assertThat(connection.isAutoCommit()).isTrue();
          insert(connection, 5);
          await(connection.close());
        });
    assertThat(setting.rows()).containsExactly(1, 2, 4, 5);
  }

  @ParameterizedTest
  @EnumSource(names = {"H2_MEMORY_STAGES", "POSTGRESQL_STAGES"})
  void close_transactionIsOpen_undoesItAlone(Setting setting) throws Exception {
    inOurs(
        setting,
        (outer, factory) -> {
          insert(outer, 1);
          Connection connection = taken(factory);
          await(connection.beginTransaction());
          insert(connection, 2);
          await(connection.close());
          await(connection.close());
        });
    assertThat(setting.rows()).containsExactly(1);
  }

  @ParameterizedTest
  @EnumSource(names = {"H2_MEMORY_STAGES", "POSTGRESQL_STAGES"})
  void ours_endsBeforeOneInside_undoesThatAlone(Setting setting) throws Exception {
    var left = new AtomicReference<Connection>();
    inOurs(
        setting,
        (outer, factory) -> {
          insert(outer, 1);
          left.set(taken(factory));
          await(left.get().beginTransaction());
          insert(left.get(), 2);
        });
    assertThat(setting.rows()).containsExactly(1);
    assertThatThrownBy(() -> insert(left.get(), 3)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> await(left.get().beginTransaction()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("transaction has ended");
    await(left.get().close());
    assertThat(setting.rows()).containsExactly(1);
  }

  /** The next one that has the connection would be asked for a savepoint that it hasn't got. */
  @ParameterizedTest
  @EnumSource(names = {"H2_MEMORY_STAGES", "POSTGRESQL_STAGES"})
  void close_afterOursWasRolledBack_sendsNothing(Setting setting) throws Exception {
    setting.makeTable();
    R2dbc.pool(setting.factory(), PoolSettings.ofSize(1))
        .use(pool -> {
          var left = new AtomicReference<Connection>();
          pool.transaction()
              .suppressing(Library.Undone.class)
              .use(outer -> {
                left.set(taken(R2dbc.connectionFactory(outer)));
                await(left.get().beginTransaction());
                insert(left.get(), 1);
                throw new Library.Undone();
              });
          return pool.transaction()
              .use(next -> {
                insert(next, 2);
                await(left.get().close());
                insert(next, 3);
                return null;
              });
        });
    assertThat(setting.rows()).containsExactly(2, 3);
  }

  @ParameterizedTest
  @EnumSource(names = {"H2_MEMORY_STAGES", "POSTGRESQL_STAGES"})
  void savepointOfOurs_endsBeforeOneInside_undoesThatAlone(Setting setting) throws Exception {
    var left = new AtomicReference<Connection>();
    inOurs(
        setting,
        (outer, _) -> {
          R2dbc.transaction(outer)
              .use(inner -> {
                insert(inner, 1);
                left.set(taken(R2dbc.connectionFactory(inner)));
                await(left.get().beginTransaction());
                insert(left.get(), 2);
                return null;
              });
          await(left.get().close());
        });
    assertThat(setting.rows()).containsExactly(1);
  }

  @ParameterizedTest
  @EnumSource(names = {"H2_MEMORY_STAGES", "POSTGRESQL_STAGES"})
  void transactionOfOurs_onIt_isASavepointAsWell(Setting setting) throws Exception {
    inOurs(
        setting,
        (_, factory) -> {
          Connection connection = taken(factory);
          R2dbc.transaction(connection)
              .suppressing(Library.Undone.class)
              .use(inner -> {
                insert(inner, 1);
                throw new Library.Undone();
              });
          R2dbc.transaction(connection)
              .use(inner -> {
                insert(inner, 2);
                return null;
              });
          await(connection.close());
        });
    assertThat(setting.rows()).containsExactly(2);
  }

  @Test
  void end_outOfAnyTransaction_isRefused() throws Exception {
    inOurs(
        Setting.H2_MEMORY_STAGES,
        (outer, factory) -> {
          insert(outer, 1);
          Connection connection = taken(factory);
          assertThatThrownBy(() -> await(connection.commitTransaction()))
              .isInstanceOf(IllegalStateException.class)
              .hasMessage(
                  "transaction ends with its body, and no transaction was begun inside"
                      + " it: call beginTransaction() before commitTransaction()");
          assertThatThrownBy(() -> await(connection.rollbackTransaction()))
              .isInstanceOf(IllegalStateException.class);
          await(connection.beginTransaction());
          await(connection.commitTransaction());
          assertThatThrownBy(() -> await(connection.commitTransaction()))
              .isInstanceOf(IllegalStateException.class);
          assertThatThrownBy(() -> connection.createStatement("commit"))
              .isInstanceOf(IllegalStateException.class);
          assertThatThrownBy(outer::commitTransaction).isInstanceOf(IllegalStateException.class);
          await(connection.close());
          throw new Library.Undone();
        });
    assertThat(Setting.H2_MEMORY_STAGES.rows()).isEmpty();
  }

  @Test
  void begin_withAnIsolationLevel_isRefused() throws Exception {
    inOurs(
        Setting.H2_MEMORY_STAGES,
        (_, factory) -> {
          Connection connection = taken(factory);
          assertThatThrownBy(() -> await(connection.beginTransaction(IsolationLevel.SERIALIZABLE)))
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessageContaining("is a savepoint, which has no isolation level");
          await(connection.close());
        });
  }

  /** H2 commits when it is set. */
  @ParameterizedTest
  @EnumSource(names = {"H2_MEMORY_STAGES", "POSTGRESQL_STAGES"})
  void isolationLevel_isSetInside_isRefused(Setting setting) throws Exception {
    inOurs(
        setting,
        (outer, factory) -> {
          insert(outer, 1);
          assertThatThrownBy(() -> outer.setTransactionIsolationLevel(IsolationLevel.SERIALIZABLE))
              .isInstanceOf(IllegalStateException.class);
          Connection connection = taken(factory);
          assertThatThrownBy(
                  () -> await(connection.setTransactionIsolationLevel(IsolationLevel.SERIALIZABLE)))
              .isInstanceOf(IllegalStateException.class);
          await(connection.close());
          throw new Library.Undone();
        });
    assertThat(setting.rows()).isEmpty();
  }

  @Test
  void factory_ofWhatIsNoTransaction_isRefused() throws Exception {
    R2dbc.connection(Setting.H2_MEMORY_STAGES.factory())
        .use(connection ->
            assertThatThrownBy(() -> R2dbc.connectionFactory(connection))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("this connection was not given to a transaction's body"));
  }

  @Test
  void factory_transactionHasEnded_isRefused() throws Exception {
    var kept = new AtomicReference<ConnectionFactory>();
    inOurs(Setting.H2_MEMORY_STAGES, (_, factory) -> kept.set(factory));

    assertThatThrownBy(() -> taken(kept.get()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("transaction has ended");
  }

  private static void insert(Connection connection, int id) throws InterruptedException {
    Async.await(Setting.insert(connection, id));
  }

  private interface Use {
    void of(Connection outer, ConnectionFactory factory) throws Exception;
  }

  private static void inOurs(Setting setting, Use use) throws Exception {
    setting.makeTable();
    R2dbc.pool(setting.factory(), PoolSettings.ofSize(1))
        .use(pool ->
            pool.transaction()
                .suppressing(Library.Undone.class)
                .use(outer -> {
                  use.of(outer, R2dbc.connectionFactory(outer));
                  return null;
                }));
  }
}
