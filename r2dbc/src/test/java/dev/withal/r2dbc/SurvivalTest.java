package dev.withal.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.database.Retrying;
import dev.withal.database.testing.CuttingProxy;
import dev.withal.database.testing.CuttingProxy.Cut;
import dev.withal.database.testing.PostgresServer;
import dev.withal.r2dbc.TransactionException.Outcome;
import dev.withal.testkit.LeakCheck;
import io.r2dbc.spi.Connection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a pool and its transactions are worth when PostgreSQL, or the way to it, is cut off. */
@ExtendWith(LeakCheck.class)
class SurvivalTest {
  private static final Setting POSTGRESQL = Setting.POSTGRESQL_STAGES;
  private static final TransactionOptions TRANSFER = TransactionOptions.DEFAULT.named("transfer");

  @BeforeEach
  void makeTable() throws Exception {
    POSTGRESQL.makeTable();
  }

  @ParameterizedTest
  @EnumSource
  void commit_answerIsLost_outcomeIsUnknown(Cut cut) throws Exception {
    try (var proxy = new CuttingProxy(PostgresServer.port(), cut)) {
      R2dbc.pool(Postgres.urlOverPort(proxy.port()), PoolSettings.ofSize(1))
          .use(pool -> {
            Throwable thrown =
                catchThrowable(() ->
                    pool.transaction(TRANSFER)
                        .use(connection -> Async.await(Setting.insert(connection, 1))));

            assertUnknown(thrown);
            assertThat(proxy.cuts()).isEqualTo(1);
            assertThat(pool.idle()).isZero();
            return null;
          });
    }
    if (cut == Cut.BEFORE_ITS_ANSWER) {
      assertThat(POSTGRESQL.rows()).containsExactly(1);
    } else {
      assertThat(POSTGRESQL.rows()).isEmpty();
    }
  }

  /** Each moves 10 from one account to the other, in opposite order. */
  @Test
  void transfers_inOppositeOrder_oneIsRunAgainAndBothAreCommitted() throws Exception {
    R2dbc.connection(Postgres.url())
        .use(connection -> {
          Setting.run(connection, "drop table if exists account");
          Setting.run(connection, "create table account (id int primary key, balance int)");
          return Setting.run(connection, "insert into account values (1, 100), (2, 100)");
        });
    var bothHaveLockedOne = new CyclicBarrier(2);
    R2dbc.pool(Postgres.url())
        .use(pool -> {
          Retrying<Connection> transactions = R2dbc.retrying(pool.transaction(TRANSFER));
          CompletableFuture<Integer> there =
              onThread(() -> transfer(transactions, 1, 2, bothHaveLockedOne));
          CompletableFuture<Integer> back =
              onThread(() -> transfer(transactions, 2, 1, bothHaveLockedOne));

          assertThat(Async.await(there) + Async.await(back)).isEqualTo(3);
          return null;
        });

    List<Integer> balances =
        R2dbc.connection(Postgres.url())
            .use(connection ->
                Async.await(
                    R2dbc.list(
                        connection
                            .createStatement("select balance from account order by id")
                            .execute(),
                        row -> row.get(0, Integer.class))));
    assertThat(balances).containsExactly(100, 100);
  }

  /** {@return how often the body ran} */
  private static int transfer(
      Retrying<Connection> transactions, int from, int to, CyclicBarrier bothHaveLockedOne)
      throws Exception {
    int[] runs = {0};
    transactions.use(connection -> {
      Setting.run(connection, "update account set balance = balance - 10 where id = " + from);
      if (++runs[0] == 1) {
        bothHaveLockedOne.await();
      }
      return Setting.run(connection, "update account set balance = balance + 10 where id = " + to);
    });
    return runs[0];
  }

  @Test
  void statement_runsWhenItsBodyIsCancelled_isStoppedOnTheServer() throws Exception {
    R2dbc.pool(Postgres.url(), PoolSettings.ofSize(1))
        .use(pool -> {
          var pid = new CompletableFuture<Integer>();
          CompletableFuture<Void> use =
              pool.transaction(TRANSFER)
                  .useAsync((connection, cancellation) ->
                      Backends.pidAsync(connection)
                          .thenCompose(own -> {
                            CompletableFuture<Void> forever =
                                R2dbc.completion(
                                    connection.createStatement("select pg_sleep(3600)").execute());
                            pid.complete(own);
                            return cancellation.cancelling(forever);
                          }));
          int own = Async.await(pid);

          use.cancel(true);

          Throwable thrown = catchThrowable(() -> Async.await(use));
          assertThat(thrown).hasNoSuppressedExceptions();
          assertThat(use).isCancelled();
          assertThat(Backends.pids(pool, 1)).containsExactly(own);
          return null;
        });
  }

  private static CompletableFuture<Integer> onThread(Callable<Integer> call) {
    var result = new CompletableFuture<Integer>();
    Thread.startVirtualThread(() -> {
      try {
        result.complete(call.call());
      } catch (Exception e) {
        result.completeExceptionally(e);
      }
    });
    return result;
  }

  private static void assertUnknown(Throwable thrown) {
    assertThat(thrown)
        .isInstanceOf(TransactionException.class)
        .hasMessageStartingWith("transfer: the answer to the commit was lost")
        .extracting(error -> ((TransactionException) error).outcome())
        .isEqualTo(Outcome.UNKNOWN);
  }
}
