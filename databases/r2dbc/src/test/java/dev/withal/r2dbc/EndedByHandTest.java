package dev.withal.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.r2dbc.TransactionException.Outcome;
import dev.withal.testkit.LeakCheck;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.Wrapped;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a body begins or ends past its context is told as such, and reaches nobody else. */
@ExtendWith(LeakCheck.class)
class EndedByHandTest {
  private static final Setting POSTGRESQL = Setting.POSTGRESQL_DIRECT;
  private static final PoolSettings ONE = PoolSettings.ofSize(1);
  private static final TransactionOptions TRANSFER = TransactionOptions.DEFAULT.named("transfer");

  @BeforeEach
  void makeTable() throws Exception {
    POSTGRESQL.makeTable();
  }

  @ParameterizedTest
  @EnumSource(names = {"POSTGRESQL_DIRECT", "POSTGRESQL_STAGES"})
  void transaction_serverHasGivenUp_commitIsNoSuccess(Setting setting) throws Exception {
    R2dbc.pool(Postgres.url(), ONE)
        .use(pool -> {
          Throwable thrown =
              catchThrowable(() ->
                  setting.use(
                      pool.transaction(TRANSFER),
                      connection ->
                          Setting.insert(connection, 1)
                              .thenCompose(_ -> Setting.insert(connection, 1))
                              .handle((_, _) -> "taken for done")));

          assertThat(thrown)
              .isInstanceOfSatisfying(
                  TransactionException.class,
                  told -> assertThat(told.outcome()).isEqualTo(Outcome.NOT_COMMITTED))
              .hasMessageStartingWith("transfer: the commit failed, nothing is committed")
              .hasNoSuppressedExceptions();
          assertThat(pool.idle()).as("the connection is well").isEqualTo(1);
          return null;
        });
    assertThat(POSTGRESQL.rows()).isEmpty();
  }

  /** What fails inside is undone, and the rest is well. */
  @Test
  void savepoint_serverHasGivenItUp_outerTransactionIsCommitted() throws Exception {
    R2dbc.pool(Postgres.url(), ONE)
        .use(pool ->
            pool.transaction()
                .use(outer -> {
                  Async.await(Setting.insert(outer, 1));
                  return R2dbc.transaction(outer)
                      .suppressing(R2dbcException.class)
                      .use(inner -> Async.await(Setting.insert(inner, 1)));
                }));
    assertThat(POSTGRESQL.rows()).containsExactly(1);
  }

  /** The driver may not know yet that the server has given it up. */
  @ParameterizedTest
  @EnumSource(names = {"POSTGRESQL_DIRECT", "POSTGRESQL_STAGES"})
  void savepoint_bodyHidesAFailedStatement_isUndoneAlone(Setting setting) throws Exception {
    R2dbc.pool(Postgres.url(), ONE)
        .use(pool -> {
          for (int i = 0; i < 20; i++) {
            int first = i * 3;
            setting.use(
                pool.transaction(),
                outer ->
                    Setting.insert(outer, first)
                        .thenCompose(_ ->
                            R2dbc.transaction(outer, TRANSFER)
                                .useAsync(inner ->
                                    Setting.insert(inner, first + 1)
                                        .thenCompose(_ -> Setting.insert(inner, first))
                                        .handle((_, _) -> "taken for done")))
                        .handle((_, error) -> Failure.unwrapped(error))
                        .thenCompose(error -> {
                          assertThat(error)
                              .isInstanceOf(TransactionException.class)
                              .hasMessageStartingWith(
                                  "transfer: the savepoint could not be released: ")
                              .hasNoSuppressedExceptions();
                          assertThat(((TransactionException) error).outcome())
                              .isEqualTo(Outcome.NOT_COMMITTED);
                          return Setting.insert(outer, first + 2);
                        }));
          }
          return null;
        });
    assertThat(POSTGRESQL.rows()).hasSize(40).startsWith(0, 2, 3, 5);
  }

  /** What a library commits there is kept, or isn't told as committed. */
  @Test
  void commitOfALibrary_serverHasGivenItUp_isNoSuccess() throws Exception {
    R2dbc.pool(Postgres.url(), ONE)
        .use(pool ->
            pool.transaction()
                .use(outer -> {
                  Async.await(Setting.insert(outer, 1));
                  Connection inner = ConnectionFactoryTest.taken(R2dbc.connectionFactory(outer));
                  Async.await(R2dbc.completion(inner.beginTransaction()));
                  assertThat(catchThrowable(() -> Async.await(Setting.insert(inner, 1))))
                      .isInstanceOf(R2dbcException.class);

                  assertThat(
                          catchThrowable(
                              () -> Async.await(R2dbc.completion(inner.commitTransaction()))))
                      .isInstanceOf(R2dbcException.class);
                  Async.await(R2dbc.completion(inner.rollbackTransaction()));
                  return Async.await(R2dbc.completion(inner.close()));
                }));
    assertThat(POSTGRESQL.rows()).containsExactly(1);
  }

  @Test
  void transaction_isCommittedByHandOnTheDriversConnection_isTold() throws Exception {
    R2dbc.pool(Postgres.url(), ONE)
        .use(pool -> {
          Throwable thrown =
              catchThrowable(() ->
                  pool.transaction(TRANSFER)
                      .use(connection -> {
                        Async.await(Setting.insert(connection, 1));
                        Object driver = ((Wrapped<?>) connection).unwrap();
                        return Async.await(
                            R2dbc.completion(((Connection) driver).commitTransaction()));
                      }));

          assertThat(thrown)
              .isInstanceOfSatisfying(
                  TransactionException.class,
                  told -> assertThat(told.outcome()).isEqualTo(Outcome.UNKNOWN))
              .hasMessageContaining("was ended on the connection itself");
          return null;
        });
    assertThat(POSTGRESQL.rows()).as("committed by hand").containsExactly(1);
  }

  @ParameterizedTest
  @EnumSource(names = {"H2_MEMORY_DIRECT", "POSTGRESQL_DIRECT", "POSTGRESQL_STAGES"})
  void connection_isInATransactionBegunBySql_isRolledBack(Setting setting) throws Exception {
    setting.makeTable();
    R2dbc.pool(setting.url(), ONE)
        .use(pool -> {
          setting.use(
              pool.connection(),
              connection ->
                  R2dbc.completion(connection.createStatement("begin").execute())
                      .thenCompose(_ ->
                          setting == Setting.H2_MEMORY_DIRECT
                              ? CompletableFuture.completedFuture(null)
                              : Setting.insert(connection, 1)));
          setting.use(pool.connection(), connection -> Setting.insert(connection, 2));
          assertThat(pool.idle()).isEqualTo(1);
          return null;
        });
    assertThat(setting.rows()).containsExactly(2);
  }

  @Test
  void transaction_wasCommittedOnTheDriversConnectionAndTheBodyFails_outcomeIsUnknown()
      throws Exception {
    R2dbc.pool(Postgres.url(), ONE)
        .use(pool -> {
          Throwable thrown =
              catchThrowable(() ->
                  pool.transaction(TRANSFER)
                      .use(connection -> {
                        commitByHand(connection);
                        throw new Library.Undone();
                      }));

          assertThat(thrown).isInstanceOf(Library.Undone.class);
          assertThat(thrown.getSuppressed())
              .singleElement()
              .isInstanceOfSatisfying(
                  TransactionException.class,
                  told -> assertThat(told.outcome()).isEqualTo(Outcome.UNKNOWN));
          return null;
        });
    assertThat(POSTGRESQL.rows()).as("committed by hand").containsExactly(1);
  }

  @Test
  void transaction_wasCommittedOnTheDriversConnectionAndTheUseIsCancelled_outcomeIsUnknown()
      throws Exception {
    R2dbc.pool(Postgres.url(), ONE)
        .use(pool -> {
          Throwable thrown =
              Setting.POSTGRESQL_STAGES.cancel(
                  pool.transaction(TRANSFER),
                  connection ->
                      Setting.insert(connection, 1)
                          .thenCompose(
                              _ -> R2dbc.completion(driver(connection).commitTransaction())));

          assertThat(thrown.getSuppressed())
              .singleElement()
              .isInstanceOfSatisfying(
                  TransactionException.class,
                  told -> assertThat(told.outcome()).isEqualTo(Outcome.UNKNOWN));
          return null;
        });
  }

  private static void commitByHand(Connection connection) throws InterruptedException {
    Async.await(Setting.insert(connection, 1));
    Async.await(R2dbc.completion(driver(connection).commitTransaction()));
  }

  private static Connection driver(Connection connection) {
    return (Connection) ((Wrapped<?>) connection).unwrap();
  }
}
