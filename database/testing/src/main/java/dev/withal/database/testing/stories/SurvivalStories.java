package dev.withal.database.testing.stories;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.database.testing.CuttingProxy;
import dev.withal.database.testing.CuttingProxy.Cut;
import dev.withal.database.testing.PostgresServer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What transactions are worth when the way to PostgreSQL is cut, or another one is in it. */
public abstract class SurvivalStories implements Stories {

  @BeforeEach
  void makeTable() throws Exception {
    waysToPostgres().findAny().orElseThrow().makeTable();
  }

  @ParameterizedTest
  @EnumSource
  void commit_answerIsLost_outcomeIsUnknown(Cut cut) throws Exception {
    for (Way way : waysToPostgres().toList()) {
      way.makeTable();
      try (var proxy = new CuttingProxy(PostgresServer.port(), cut)) {
        way.pool(
            Plan.ofSize(1).overPort(proxy.port()),
            pool -> {
              Throwable thrown =
                  catchThrowable(
                      () -> pool.transaction(Deal.PLAIN, session -> session.insert(1)).get());

              assertThat(way.outcome(thrown)).hasValue("UNKNOWN");
              assertThat(thrown)
                  .hasMessageStartingWith("transfer: the answer to the commit was lost");
              assertThat(proxy.cuts()).isEqualTo(1);
              assertThat(pool.seen().idle()).isZero();
            });
      }
      assertThat(way.rows()).hasSize(cut == Cut.BEFORE_ITS_ANSWER ? 1 : 0);
    }
  }

  /** Each moves 10 from one account to the other, in opposite order. */
  @OnPostgres
  void transfers_inOppositeOrder_oneIsRunAgainAndBothAreCommitted(Way way) throws Exception {
    way.run("drop table if exists account");
    way.run("create table account (id int primary key, balance int)");
    way.run("insert into account values (1, 100), (2, 100)");
    var missing = new AtomicInteger(2);
    var bothHaveLockedOne = new CompletableFuture<Void>();
    var attempts = new AtomicInteger();
    way.pool(
        Plan.ofSize(2),
        pool -> {
          Lender.Script<?> there =
              session -> {
                attempts.incrementAndGet();
                return transfer(session, 1, 2, missing, bothHaveLockedOne);
              };
          Lender.Script<?> back =
              session -> {
                attempts.incrementAndGet();
                return transfer(session, 2, 1, missing, bothHaveLockedOne);
              };
          Running<?> first = pool.retried(Deal.PLAIN, there);
          Running<?> second = pool.retried(Deal.PLAIN, back);
          first.get();
          second.get();
        });

    // On a busy server the one that is run again can take its row before the other one wakes up.
    assertThat(attempts).hasValueGreaterThanOrEqualTo(3);
    assertThat(way.ask("select count(*) from account where balance = 100")).isEqualTo(2);
  }

  private static CompletionStage<?> transfer(
      Session session,
      int from,
      int to,
      AtomicInteger missing,
      CompletableFuture<Void> bothHaveLockedOne) {
    return session
        .run("update account set balance = balance - 10 where id = " + from)
        .thenCompose(_ -> {
          if (missing.decrementAndGet() == 0) {
            bothHaveLockedOne.complete(null);
          }
          return bothHaveLockedOne;
        })
        // Whoever lets the other one go on doesn't wait for what that one does.
        .thenComposeAsync(
            _ -> session.run("update account set balance = balance + 10 where id = " + to),
            Thread::startVirtualThread);
  }
}
