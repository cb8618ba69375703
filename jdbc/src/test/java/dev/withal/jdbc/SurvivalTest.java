package dev.withal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.database.Retrying;
import dev.withal.database.testing.CuttingProxy;
import dev.withal.database.testing.CuttingProxy.Cut;
import dev.withal.database.testing.PostgresServer;
import dev.withal.jdbc.TransactionException.Outcome;
import dev.withal.testkit.LeakCheck;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
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
  private static final Setting POSTGRESQL = Setting.POSTGRESQL_DIRECT;
  private static final TransactionOptions TRANSFER = TransactionOptions.DEFAULT.named("transfer");

  @BeforeEach
  void makeTable() throws Exception {
    POSTGRESQL.makeTable();
  }

  @ParameterizedTest
  @EnumSource
  void commit_answerIsLost_outcomeIsUnknown(Cut cut) throws Exception {
    try (var proxy = new CuttingProxy(PostgresServer.port(), cut)) {
      Jdbc.pool(Postgres.overPort(proxy.port()), PoolSettings.ofSize(1))
          .use(pool -> {
            Throwable thrown =
                catchThrowable(() ->
                    pool.transaction(TRANSFER).use(connection -> Setting.insert(connection, 1)));

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
    Jdbc.connection(Postgres.dataSource())
        .use(connection -> {
          Setting.run(connection, "drop table if exists account");
          Setting.run(connection, "create table account (id int primary key, balance int)");
          return Setting.run(connection, "insert into account values (1, 100), (2, 100)");
        });
    var bothHaveLockedOne = new CyclicBarrier(2);
    Jdbc.pool(Postgres.dataSource())
        .use(pool -> {
          Retrying<Connection> transactions = Jdbc.retrying(pool.transaction(TRANSFER));
          CompletableFuture<Integer> there = transfer(transactions, 1, 2, bothHaveLockedOne);
          CompletableFuture<Integer> back = transfer(transactions, 2, 1, bothHaveLockedOne);

          assertThat(Async.await(there) + Async.await(back)).isEqualTo(3);
          assertThat(
                  pool.connection()
                      .<Long, SQLException>use(connection ->
                          Setting.ask(
                              connection, "select count(*) from account where balance = 100")))
              .isEqualTo(2);
          return null;
        });
  }

  /** {@return a future of how many attempts it took} */
  private static CompletableFuture<Integer> transfer(
      Retrying<Connection> transactions, int from, int to, CyclicBarrier bothHaveLockedOne) {
    var attempts = new ArrayList<Integer>();
    return transactions.useAsync(connection ->
        Jdbc.callAsync(
            connection,
            inside -> {
              attempts.add(attempts.size() + 1);
              Setting.run(inside, "update account set balance = balance - 10 where id = " + from);
              if (attempts.size() == 1) {
                bothHaveLockedOne.await();
              }
              Setting.run(inside, "update account set balance = balance + 10 where id = " + to);
              return attempts.size();
            }));
  }

  private static void assertUnknown(Throwable thrown) {
    assertThat(thrown)
        .isInstanceOfSatisfying(
            TransactionException.class,
            told -> assertThat(told.outcome()).isEqualTo(Outcome.UNKNOWN))
        .hasMessageStartingWith("transfer: the answer to the commit was lost");
  }
}
