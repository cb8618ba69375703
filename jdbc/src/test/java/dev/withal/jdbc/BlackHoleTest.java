package dev.withal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.database.Bounds;
import dev.withal.database.testing.DroppingProxy;
import dev.withal.database.testing.PostgresServer;
import dev.withal.jdbc.Setting.Running;
import dev.withal.jdbc.TransactionException.Outcome;
import dev.withal.testkit.LeakCheck;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A server that falls silent costs one connection: the caller has its answer, the place is free,
 * and the pool's exit ends.
 */
@ExtendWith(LeakCheck.class)
class BlackHoleTest {
  private static final TransactionOptions TRANSFER = TransactionOptions.DEFAULT.named("transfer");
  private static final Bounds SHORT =
      new Bounds(
          Duration.ofSeconds(2),
          Duration.ofMillis(300),
          Duration.ofMillis(300),
          Duration.ofMillis(500));
  private static final PoolSettings ONE = PoolSettings.ofSize(1).withBounds(SHORT);

  private DroppingProxy proxy;

  @BeforeEach
  void open() throws Exception {
    proxy = new DroppingProxy(PostgresServer.port());
    Setting.POSTGRESQL_DIRECT.makeTable();
  }

  @AfterEach
  void close() throws Exception {
    proxy.close();
  }

  @ParameterizedTest
  @EnumSource(names = {"POSTGRESQL_DIRECT", "POSTGRESQL_PLATFORM", "POSTGRESQL_STAGES"})
  void opening_isSilent_enterFails(Setting setting) throws Exception {
    proxy.drop();
    Throwable thrown =
        endOf(setting, ONE, pool -> setting.begin(pool.connection("report"), _ -> "never runs"));

    assertThat(thrown)
        .isInstanceOf(SQLTransientConnectionException.class)
        .hasMessageStartingWith(
            "report got no connection of Jdbc.pool(PGSimpleDataSource): the database didn't open a"
                + " connection within");
  }

  @ParameterizedTest
  @EnumSource(names = {"POSTGRESQL_DIRECT", "POSTGRESQL_PLATFORM", "POSTGRESQL_STAGES"})
  void openingOutsideOfAPool_isSilent_enterFails(Setting setting) {
    proxy.drop();
    Running<String> running =
        setting.begin(
            new Dual<>("report", (name, _) -> Lease.manager(unpooled(), Where.DEFAULT, name, null)),
            _ -> "never runs");

    assertThat(catchThrowable(() -> running.result().get(20, TimeUnit.SECONDS)))
        .hasCauseInstanceOf(SQLTransientConnectionException.class);
  }

  private Jdbc.Unpooled unpooled() {
    return new Jdbc.Unpooled(new NamelessDataSource(Postgres.overPort(proxy.port())), SHORT);
  }

  /** Those that were there are half open, and new ones work. */
  @ParameterizedTest
  @EnumSource(names = {"POSTGRESQL_DIRECT", "POSTGRESQL_PLATFORM", "POSTGRESQL_STAGES"})
  void idleConnections_areHalfOpen_oneOfThemIsWaitedFor(Setting setting) throws Exception {
    PoolSettings three =
        PoolSettings.ofSize(3).withBounds(SHORT).withValidation(PoolSettings.Validation.ALWAYS);
    Jdbc.pool(Postgres.overPort(proxy.port()), three)
        .use(pool -> {
          Backends.pids(pool, 3);
          proxy.drop();
          proxy.heal();

          assertThat(setting.<Long>use(pool.connection(), Backends::pid)).isPositive();
          assertThat(pool.idle()).as("the silent one is thrown away").isEqualTo(3);
          assertThat(pool.inUse()).isZero();
          return null;
        });
  }

  @ParameterizedTest
  @EnumSource(names = {"POSTGRESQL_DIRECT", "POSTGRESQL_PLATFORM", "POSTGRESQL_STAGES"})
  void begin_isSilent_saysSo(Setting setting) throws Exception {
    TransactionOptions serializable = TRANSFER.isolation(IsolationLevel.SERIALIZABLE);
    Throwable thrown =
        endOf(
            setting,
            ONE,
            pool -> {
              warmUp(pool);
              proxy.dropAt("ISOLATION");
              return setting.begin(pool.transaction(serializable), _ -> "never runs");
            });

    assertThat(thrown)
        .isInstanceOfSatisfying(
            TransactionException.class,
            told -> assertThat(told.outcome()).isEqualTo(Outcome.NOT_COMMITTED))
        .hasMessageStartingWith("transfer: the transaction could not begin");
  }

  @ParameterizedTest
  @EnumSource(names = {"POSTGRESQL_DIRECT", "POSTGRESQL_PLATFORM", "POSTGRESQL_STAGES"})
  void savepoint_isSilent_saysSo(Setting setting) throws Exception {
    Throwable thrown =
        endOf(
            setting,
            ONE,
            pool ->
                setting.begin(
                    pool.transaction(TRANSFER),
                    connection -> {
                      Setting.insert(connection, 1);
                      proxy.dropAt("SAVEPOINT");
                      return Jdbc.transaction(connection).use(_ -> "never runs");
                    }));

    assertThat(thrown)
        .isInstanceOf(TransactionException.class)
        .hasMessageStartingWith("transfer, savepoint: the savepoint could not be set");
  }

  @ParameterizedTest
  @EnumSource(names = {"POSTGRESQL_DIRECT", "POSTGRESQL_PLATFORM", "POSTGRESQL_STAGES"})
  void statement_isSilentAndItsBodyIsCancelled_ends(Setting setting) throws Exception {
    Throwable thrown =
        endOf(
            setting,
            ONE,
            pool -> {
              DroppingProxy.Hold statement = proxy.hold("select 42");
              Running<Long> running =
                  setting.begin(
                      pool.transaction(TRANSFER),
                      connection -> {
                        Setting.insert(connection, 1);
                        return Setting.ask(connection, "select 42");
                      });
              Async.await(statement.reached());
              proxy.drop();
              running.cancel().run();
              return running;
            });

    assertThat(thrown).isInstanceOf(CancellationException.class);
  }

  @ParameterizedTest
  @EnumSource(names = {"POSTGRESQL_DIRECT", "POSTGRESQL_PLATFORM", "POSTGRESQL_STAGES"})
  void metaData_isSilentAndItsBodyIsCancelled_ends(Setting setting) throws Exception {
    Throwable thrown =
        endOf(
            setting,
            ONE,
            pool -> {
              DroppingProxy.Hold statement = proxy.hold("pg_catalog");
              Running<Object> running =
                  setting.begin(
                      pool.connection(),
                      connection -> connection.getMetaData().getColumns(null, null, null, null));
              Async.await(statement.reached());
              proxy.drop();
              running.cancel().run();
              return running;
            });

    assertThat(thrown).isInstanceOf(CancellationException.class);
  }

  @ParameterizedTest
  @EnumSource(names = {"POSTGRESQL_DIRECT", "POSTGRESQL_PLATFORM", "POSTGRESQL_STAGES"})
  void commit_isSilent_outcomeIsUnknown(Setting setting) throws Exception {
    Throwable thrown =
        endOf(
            setting,
            ONE,
            pool ->
                setting.begin(
                    pool.transaction(TRANSFER),
                    connection -> {
                      proxy.dropAt("COMMIT");
                      return Setting.insert(connection, 1);
                    }));

    assertThat(thrown)
        .isInstanceOfSatisfying(
            TransactionException.class,
            told -> assertThat(told.outcome()).isEqualTo(Outcome.UNKNOWN))
        .hasMessageStartingWith("transfer: the answer to the commit was lost");
  }

  @ParameterizedTest
  @EnumSource(names = {"POSTGRESQL_DIRECT", "POSTGRESQL_PLATFORM", "POSTGRESQL_STAGES"})
  void rollback_isSilent_bodysErrorIsTheResult(Setting setting) throws Exception {
    var failure = new SQLException("of the body");
    Throwable thrown =
        endOf(
            setting,
            ONE,
            pool ->
                setting.begin(
                    pool.transaction(TRANSFER),
                    connection -> {
                      Setting.insert(connection, 1);
                      proxy.dropAt("ROLLBACK");
                      throw failure;
                    }));

    assertThat(thrown).isSameAs(failure);
    assertThat(thrown.getSuppressed())
        .singleElement()
        .isInstanceOf(TransactionException.class)
        .extracting(Throwable::getMessage)
        .asString()
        .startsWith("transfer: the rollback failed");
  }

  @ParameterizedTest
  @EnumSource(names = {"POSTGRESQL_DIRECT", "POSTGRESQL_PLATFORM", "POSTGRESQL_STAGES"})
  void return_isSilent_isTold(Setting setting) throws Exception {
    Throwable thrown =
        endOf(
            setting,
            ONE,
            pool ->
                setting.begin(
                    pool.connection("report"),
                    connection -> {
                      connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
                      proxy.dropAt("READ COMMITTED");
                      return "done";
                    }));

    assertThat(thrown).isInstanceOf(SQLException.class);
  }

  /** Begins a use on a pool, during which the server falls silent. */
  private interface Attempt {
    Running<?> begin(Pool pool) throws Exception;
  }

  /** {@return how an attempt ends on a pool that works again after it} */
  private Throwable endOf(Setting setting, PoolSettings settings, Attempt attempt)
      throws Exception {
    return Jdbc.pool(Postgres.overPort(proxy.port()), settings)
        .use(pool -> {
          Running<?> running = attempt.begin(pool);
          // PostgreSQL's driver gives its own request to cancel a statement ten seconds.
          Throwable thrown = catchThrowable(() -> running.result().get(9, TimeUnit.SECONDS));
          proxy.heal();

          assertThat(pool.inUse()).isZero();
          assertThat(pool.idle()).isZero();
          assertThat(setting.<Long>use(pool.connection(), Backends::pid)).isPositive();
          return thrown instanceof ExecutionException ? thrown.getCause() : thrown;
        });
  }

  private static void warmUp(Pool pool) throws Exception {
    pool.transaction().use(Backends::pid);
  }
}
