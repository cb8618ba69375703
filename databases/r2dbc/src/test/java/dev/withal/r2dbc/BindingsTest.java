package dev.withal.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.r2dbc.TransactionException.Outcome;
import dev.withal.testkit.LeakCheck;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.Statement;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A statement with several bindings that isn't read to its end costs nothing but its rows. */
@ExtendWith(LeakCheck.class)
class BindingsTest {
  /** Far less than what a driver that never answers is given. */
  private static final Duration SOON = Duration.ofSeconds(2);

  private static final int THERE = 5;

  @ParameterizedTest
  @EnumSource
  void laterBinding_fails_transactionIsRolledBackAndKeepsItsConnection(Database database)
      throws Exception {
    onOneConnection(
        database,
        pool ->
            assertThat(
                    catchThrowable(() ->
                        pool.transaction()
                            .use(connection ->
                                Async.await(
                                    R2dbc.rowsUpdated(
                                        inserts(database, connection, 1, THERE, 2).execute())))))
                .isInstanceOf(R2dbcException.class)
                .isNotInstanceOf(TransactionException.class)
                .hasNoSuppressedExceptions());

    assertThat(database.rows()).containsExactly(THERE);
  }

  @ParameterizedTest
  @EnumSource
  void laterBinding_failsInASavepoint_outerTransactionIsCommitted(Database database)
      throws Exception {
    onOneConnection(
        database,
        pool ->
            pool.transaction()
                .use(outer -> {
                  R2dbc.transaction(outer)
                      .suppressing(R2dbcException.class)
                      .use(inner ->
                          Async.await(
                              R2dbc.rowsUpdated(inserts(database, inner, 1, THERE, 2).execute())));
                  return Setting.run(outer, "insert into entry values (9)");
                }));

    assertThat(database.rows()).containsExactly(THERE, 9);
  }

  @ParameterizedTest
  @EnumSource(names = "POSTGRESQL")
  void laterBinding_failsAndTheBodyHidesIt_commitIsNoSuccess(Database database) throws Exception {
    onOneConnection(
        database,
        pool ->
            assertThat(
                    catchThrowable(() ->
                        pool.transaction()
                            .use(connection ->
                                catchThrowable(() ->
                                    Async.await(
                                        R2dbc.rowsUpdated(
                                            inserts(database, connection, 1, THERE, 2)
                                                .execute()))))))
                .isInstanceOfSatisfying(
                    TransactionException.class,
                    told -> assertThat(told.outcome()).isEqualTo(Outcome.NOT_COMMITTED)));

    assertThat(database.rows()).containsExactly(THERE);
  }

  @ParameterizedTest
  @EnumSource
  void firstRow_ofSeveralBindings_isCommitted(Database database) throws Exception {
    onOneConnection(
        database,
        pool ->
            pool.transaction()
                .use(connection -> {
                  Integer first =
                      Async.await(
                          R2dbc.first(
                              inserts(database, connection, 1, 2)
                                  .returnGeneratedValues("id")
                                  .execute(),
                              row -> row.get(0, Integer.class)));
                  assertThat(first).isEqualTo(1);
                  return null;
                }));

    assertThat(database.rows()).startsWith(1).contains(THERE);
  }

  @ParameterizedTest
  @EnumSource(names = "H2", mode = EnumSource.Mode.EXCLUDE)
  void severalBindings_useIsCancelled_isRolledBackAndKeepsItsConnection(Database database)
      throws Exception {
    String sleeping =
        database == Database.POSTGRESQL
            ? "insert into entry select $1 from pg_sleep(0.02)"
            : "insert into entry select ? from (select sleep(0.02)) slept";
    onOneConnection(
        database,
        pool -> {
          var sent = new CompletableFuture<Void>();
          CompletableFuture<?> use =
              pool.transaction()
                  .useAsync((connection, cancellation) -> {
                    Statement statement = connection.createStatement(sleeping);
                    for (int id = 100; id < 150; id++) {
                      statement.bind(0, id);
                      if (id < 149) {
                        statement.add();
                      }
                    }
                    CompletableFuture<Long> all = R2dbc.rowsUpdated(statement.execute());
                    sent.complete(null);
                    return cancellation.cancelling(all);
                  });
          Async.await(sent);
          use.cancel(true);

          assertThat(catchThrowable(() -> Async.await(use)))
              .isInstanceOf(CancellationException.class)
              .hasNoSuppressedExceptions();
        });

    assertThat(database.rows()).containsExactly(THERE);
  }

  private interface Work {
    void run(Pool pool) throws Exception;
  }

  /** Uses a pool of one connection, which must still be there afterwards, and soon. */
  private static void onOneConnection(Database database, Work work) throws Exception {
    database.makeTable();
    R2dbc.pool(database.url(), PoolSettings.ofSize(1))
        .use(pool -> {
          pool.connection()
              .use(connection ->
                  Setting.run(connection, "insert into entry values (" + THERE + ")"));
          long start = System.nanoTime();
          work.run(pool);
          assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SOON);
          assertThat(pool.idle()).as("the connection is well").isEqualTo(1);
          return null;
        });
  }

  private static Statement inserts(Database database, Connection connection, int... ids) {
    Statement statement = database.insert(connection);
    for (int i = 0; i < ids.length; i++) {
      statement.bind(0, ids[i]);
      if (i < ids.length - 1) {
        statement.add();
      }
    }
    return statement;
  }
}
