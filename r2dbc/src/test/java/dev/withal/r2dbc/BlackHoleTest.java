package dev.withal.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.database.Bounds;
import dev.withal.database.testing.DroppingProxy;
import dev.withal.r2dbc.TransactionException.Outcome;
import dev.withal.testkit.LeakCheck;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.IsolationLevel;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.ValidationDepth;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
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

  private SilentServer server;
  private DroppingProxy proxy;

  @BeforeEach
  void open() throws Exception {
    server = SilentServer.start(SHORT);
    proxy = server.proxy();
    Setting.POSTGRESQL_DIRECT.makeTable();
  }

  @AfterEach
  void close() throws Exception {
    server.close();
  }

  @ParameterizedTest
  @EnumSource(names = {"POSTGRESQL_DIRECT", "POSTGRESQL_STAGES"})
  void opening_isSilent_enterFails(Setting setting) throws Exception {
    proxy.drop();
    Throwable thrown =
        server.endOf(
            setting, pool -> SilentServer.begin(setting, pool.connection("report"), _ -> null));

    assertThat(thrown)
        .isInstanceOf(R2dbcException.class)
        .hasMessageStartingWith("report got no connection of R2dbc.pool(")
        .hasMessageContaining("the database didn't open a connection within");
  }

  @ParameterizedTest
  @EnumSource(names = {"POSTGRESQL_DIRECT", "POSTGRESQL_STAGES"})
  void openingOutsideOfAPool_isSilent_enterFails(Setting setting) {
    proxy.drop();
    var opening = new Opening(ConnectionFactories.get(server.url()), Secrets.unknown(), SHORT);
    SilentServer.Running running =
        SilentServer.begin(setting, R2dbc.connection(opening, "report"), _ -> null);

    assertThat(catchThrowable(() -> running.result().get(20, TimeUnit.SECONDS)))
        .hasCauseInstanceOf(R2dbcException.class);
  }

  /** Those that were there are half open, and new ones work. */
  @ParameterizedTest
  @EnumSource(names = {"POSTGRESQL_DIRECT", "POSTGRESQL_STAGES"})
  void idleConnections_areHalfOpen_oneOfThemIsWaitedFor(Setting setting) throws Exception {
    PoolSettings three =
        PoolSettings.ofSize(3).withBounds(SHORT).withValidation(ValidationDepth.REMOTE);
    R2dbc.pool(server.url(), three)
        .use(pool -> {
          Backends.pids(pool, 3);
          proxy.drop();
          proxy.heal();

          assertThat(setting.<Connection, Integer>use(pool.connection(), Backends::pidAsync))
              .isPositive();
          assertThat(pool.idle()).as("the silent one is thrown away").isEqualTo(3);
          assertThat(pool.inUse()).isZero();
          return null;
        });
  }

  @ParameterizedTest
  @EnumSource(names = {"POSTGRESQL_DIRECT", "POSTGRESQL_STAGES"})
  void begin_isSilent_saysSo(Setting setting) throws Exception {
    TransactionOptions serializable = TRANSFER.isolation(IsolationLevel.SERIALIZABLE);
    Throwable thrown =
        server.endOf(
            setting,
            pool -> {
              Backends.pids(pool, 1);
              proxy.dropAt("ISOLATION");
              return SilentServer.begin(setting, pool.transaction(serializable), _ -> null);
            });

    assertThat(thrown)
        .isInstanceOfSatisfying(
            TransactionException.class,
            told -> assertThat(told.outcome()).isEqualTo(Outcome.NOT_COMMITTED))
        .hasMessageStartingWith("transfer: the transaction could not begin");
  }

  @ParameterizedTest
  @EnumSource(names = {"POSTGRESQL_DIRECT", "POSTGRESQL_STAGES"})
  void savepoint_isSilent_saysSo(Setting setting) throws Exception {
    Throwable thrown =
        server.endOf(
            setting,
            pool ->
                SilentServer.begin(
                    setting,
                    pool.transaction(TRANSFER),
                    connection ->
                        Setting.insert(connection, 1)
                            .thenCompose(_ -> {
                              proxy.dropAt("SAVEPOINT");
                              return R2dbc.transaction(connection).useAsync(_ -> null);
                            })));

    assertThat(thrown)
        .isInstanceOf(TransactionException.class)
        .hasMessageStartingWith("transfer: the savepoint could not be set");
  }

  @ParameterizedTest
  @EnumSource(names = {"POSTGRESQL_DIRECT", "POSTGRESQL_STAGES"})
  void statement_isSilentAndItsBodyIsCancelled_ends(Setting setting) throws Exception {
    Throwable thrown =
        server.endOf(
            setting,
            pool -> {
              DroppingProxy.Hold statement = proxy.hold("select 42");
              SilentServer.Running running =
                  SilentServer.begin(
                      setting,
                      pool.transaction(TRANSFER),
                      connection ->
                          Setting.insert(connection, 1)
                              .thenCompose(_ ->
                                  R2dbc.completion(
                                      connection.createStatement("select 42").execute())));
              Async.await(statement.reached());
              proxy.drop();
              running.cancel().run();
              return running;
            });

    assertThat(thrown)
        .isInstanceOf(
            setting.isDirect() ? InterruptedException.class : CancellationException.class);
  }

  /** Who returns while a statement runs is waited for by the exit. */
  @ParameterizedTest
  @EnumSource(names = {"POSTGRESQL_DIRECT", "POSTGRESQL_STAGES"})
  void statement_isSilentAndItsBodyReturns_nothingIsCommitted(Setting setting) throws Exception {
    Throwable thrown =
        server.endOf(
            setting,
            pool ->
                SilentServer.begin(
                    setting,
                    pool.transaction(TRANSFER),
                    connection ->
                        Setting.insert(connection, 1)
                            .thenAccept(_ -> {
                              proxy.dropAt("select 42");
                              R2dbc.completion(connection.createStatement("select 42").execute());
                            })));

    assertThat(thrown)
        .isInstanceOfSatisfying(
            TransactionException.class,
            told -> assertThat(told.outcome()).isEqualTo(Outcome.NOT_COMMITTED))
        .hasMessageStartingWith("transfer: nothing is committed");
    assertThat(setting.rows()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(names = {"POSTGRESQL_DIRECT", "POSTGRESQL_STAGES"})
  void commit_isSilent_outcomeIsUnknown(Setting setting) throws Exception {
    Throwable thrown =
        server.endOf(
            setting,
            pool ->
                SilentServer.begin(
                    setting,
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
  @EnumSource(names = {"POSTGRESQL_DIRECT", "POSTGRESQL_STAGES"})
  void rollback_isSilent_bodysErrorIsTheResult(Setting setting) throws Exception {
    var failure = new IOException("of the body");
    Throwable thrown =
        server.endOf(
            setting,
            pool ->
                SilentServer.begin(
                    setting,
                    pool.transaction(TRANSFER),
                    connection ->
                        Setting.insert(connection, 1)
                            .thenCompose(_ -> {
                              proxy.dropAt("ROLLBACK");
                              return CompletableFuture.failedFuture(failure);
                            })));

    assertThat(thrown).isSameAs(failure);
    assertThat(thrown.getSuppressed())
        .singleElement()
        .isInstanceOf(TransactionException.class)
        .extracting(Throwable::getMessage)
        .asString()
        .startsWith("transfer: the rollback failed");
  }

  @ParameterizedTest
  @EnumSource(names = {"POSTGRESQL_DIRECT", "POSTGRESQL_STAGES"})
  void return_isSilent_isTold(Setting setting) throws Exception {
    Throwable thrown =
        server.endOf(
            setting,
            pool ->
                SilentServer.begin(
                    setting,
                    pool.connection("report"),
                    connection ->
                        R2dbc.completion(connection.beginTransaction())
                            .thenAccept(_ -> proxy.dropAt("ROLLBACK"))));

    assertThat(thrown).isInstanceOf(R2dbcException.class);
  }

  @Test
  void idleConnections_areSilent_exitOfThePoolEnds() throws Exception {
    assertThat(
            R2dbc.pool(server.url(), PoolSettings.ofSize(3).withBounds(SHORT))
                .<Integer, Exception>use(pool -> {
                  Backends.pids(pool, 3);
                  proxy.drop();
                  return pool.idle();
                }))
        .isEqualTo(3);
  }
}
