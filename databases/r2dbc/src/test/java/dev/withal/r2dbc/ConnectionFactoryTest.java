package dev.withal.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.testkit.LeakCheck;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.IsolationLevel;
import io.r2dbc.spi.R2dbcNonTransientResourceException;
import io.r2dbc.spi.ValidationDepth;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/** A pool as a connection factory lends a connection until its user closes it. */
@ExtendWith(LeakCheck.class)
class ConnectionFactoryTest {
  static final PoolSettings ONE = PoolSettings.ofSize(1);

  @ParameterizedTest
  @EnumSource(names = {"H2_MEMORY_STAGES", "POSTGRESQL_STAGES"})
  void commit_isItsUsersOwn(Setting setting) throws Exception {
    setting.makeTable();
    onOne(
        setting,
        (_, factory) -> {
          Connection connection = taken(factory);
          await(connection.beginTransaction());
          Async.await(Setting.insert(connection, 1));
          await(connection.commitTransaction());
          await(connection.beginTransaction());
          Async.await(Setting.insert(connection, 2));
          await(connection.rollbackTransaction());
          await(connection.close());
        });
    assertThat(setting.rows()).containsExactly(1);
  }

  @ParameterizedTest
  @EnumSource(names = {"H2_MEMORY_STAGES", "POSTGRESQL_STAGES"})
  void close_transactionIsOpen_rollsItBack(Setting setting) throws Exception {
    setting.makeTable();
    onOne(
        setting,
        (pool, factory) -> {
          Connection connection = taken(factory);
          await(connection.beginTransaction());
          Async.await(Setting.insert(connection, 1));
          await(connection.close());
          assertThat(pool.inUse()).isZero();
          assertThat(pool.idle()).isEqualTo(1);
          assertThat(pool.connection().<Boolean, Exception>use(Connection::isAutoCommit)).isTrue();
        });
    assertThat(setting.rows()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(names = {"H2_MEMORY_STAGES", "POSTGRESQL_STAGES"})
  void close_isolationLevelWasSet_putsItBack(Setting setting) throws Exception {
    onOne(
        setting,
        (_, factory) -> {
          Connection connection = taken(factory);
          IsolationLevel before = connection.getTransactionIsolationLevel();
          await(connection.setTransactionIsolationLevel(IsolationLevel.SERIALIZABLE));
          await(connection.close());
          Connection next = taken(factory);
          assertThat(next.getTransactionIsolationLevel()).isEqualTo(before);
          await(next.close());
        });
  }

  @Test
  void close_again_givesBackNothingMore() throws Exception {
    onOne(
        Setting.H2_MEMORY_STAGES,
        (pool, factory) -> {
          Connection first = taken(factory);
          await(first.close());
          Connection second = taken(factory);
          await(first.close());

          assertThat(pool.inUse()).isEqualTo(1);
          await(second.close());
          assertThat(pool.inUse()).isZero();
          assertThat(pool.idle()).isEqualTo(1);
        });
  }

  @Test
  void close_isNotSubscribedTo_doesNothing() throws Exception {
    onOne(
        Setting.H2_MEMORY_STAGES,
        (pool, factory) -> {
          Connection connection = taken(factory);
          Publisher<Void> close = connection.close();
          assertThat(pool.inUse()).isEqualTo(1);
          await(close);
          assertThat(pool.inUse()).isZero();
        });
  }

  @Test
  void connection_isClosed_isRefused() throws Exception {
    onOne(
        Setting.H2_MEMORY_STAGES,
        (_, factory) -> {
          Connection connection = taken(factory);
          Publisher<Void> begin = connection.beginTransaction();
          await(connection.close());

          assertThatThrownBy(() -> await(begin))
              .isInstanceOf(R2dbcNonTransientResourceException.class)
              .hasMessage("this connection is closed: take another one");
          assertThatThrownBy(() -> await(connection.commitTransaction()))
              .isInstanceOf(R2dbcNonTransientResourceException.class);
          assertThatThrownBy(() -> connection.createStatement("select 42"))
              .isInstanceOf(R2dbcNonTransientResourceException.class);
          assertThatThrownBy(() -> Async.await(R2dbc.transaction(connection).useAsync(_ -> null)))
              .isInstanceOf(TransactionException.class);
          assertThat(Mono.from(connection.validate(ValidationDepth.LOCAL)).toFuture().join())
              .isFalse();
        });
  }

  @Test
  void connection_noneIsLeft_saysWhoHasThem() throws Exception {
    R2dbc.pool(Setting.H2_MEMORY_STAGES.factory(), ONE.withEnterTimeout(Duration.ofMillis(1)))
        .use(pool -> {
          Connection connection = taken(pool.connectionFactory("report"));
          assertThatThrownBy(() -> taken(pool.connectionFactory("audit")))
              .isInstanceOf(PoolExhaustedException.class)
              .hasMessageStartingWith("audit got no connection of R2dbc.pool(")
              .hasMessageContaining(
                  "1 of 1 are in use, by report (1); 0 wait; held longest: report for");
          await(connection.close());
          return null;
        });
  }

  @Test
  void close_statementRuns_stopsItOnTheServer() throws Exception {
    onOne(
        Setting.POSTGRESQL_STAGES,
        (pool, factory) -> {
          Connection connection = taken(factory);
          int pid = Backends.pid(connection);
          CompletableFuture<Void> asleep =
              R2dbc.completion(connection.createStatement("select pg_sleep(600)").execute());
          Backends.awaitThat(pid, "wait_event = 'PgSleep'");
          await(connection.close());

          assertThat(catchThrowable(() -> Async.await(asleep))).isNotNull();
          assertThat(pool.inUse()).isZero();
          assertThat(pool.connection().<Integer, Exception>use(Backends::pid)).isEqualTo(pid);
        });
  }

  @Test
  void metadata_isTheDatabases() throws Exception {
    onOne(
        Setting.H2_MEMORY_STAGES,
        (_, factory) -> assertThat(factory.getMetadata().getName()).isEqualTo("H2"));
  }

  @Test
  void poolsExit_waitsUntilItIsClosed() throws Exception {
    var taken = new CompletableFuture<Connection>();
    CompletableFuture<Boolean> use =
        R2dbc.pool(Setting.H2_MEMORY_STAGES.factory(), ONE)
            .useAsync(pool ->
                Mono.from(pool.connectionFactory().create()).map(taken::complete).toFuture());
    Connection connection = Async.await(taken);
    assertThat(use).isNotDone();
    await(connection.close());
    assertThat(Async.await(use)).isTrue();
  }

  interface Use {
    void of(Pool pool, ConnectionFactory factory) throws Exception;
  }

  static void onOne(Setting setting, Use use) throws Exception {
    R2dbc.pool(setting.factory(), ONE)
        .use(pool -> {
          use.of(pool, pool.connectionFactory());
          return null;
        });
  }

  static Connection taken(ConnectionFactory factory) throws InterruptedException {
    return Async.await(Mono.<Connection>from(factory.create()).toFuture());
  }

  static void await(Publisher<Void> step) throws InterruptedException {
    Async.await(R2dbc.completion(step));
  }
}
