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
    var transfers = new Transfers();
    way.pool(
        Plan.ofSize(2),
        pool -> {
          Running<?> there = pool.retried(Deal.PLAIN, session -> transfers.move(session, 1, 2));
          Running<?> back = pool.retried(Deal.PLAIN, session -> transfers.move(session, 2, 1));
          there.result().thenRun(transfers::oneIsDone);
          back.result().thenRun(transfers::oneIsDone);
          there.get();
          back.get();
        });

    assertThat(transfers.attempts).hasValue(3);
    assertThat(way.ask("select count(*) from account where balance = 100")).isEqualTo(2);
  }

  /** Two transfers that lock each other out in their first attempts. */
  private static final class Transfers {
    final AtomicInteger attempts = new AtomicInteger();
    private final AtomicInteger missing = new AtomicInteger(2);
    private final CompletableFuture<Void> bothHaveLockedOne = new CompletableFuture<>();
    private final CompletableFuture<Void> done = new CompletableFuture<>();

    void oneIsDone() {
      done.complete(null);
    }

    /**
     * Moves 10. An attempt after the first two waits for the other transfer, or it could take its
     * row again before the server has woken that one up.
     */
    CompletionStage<?> move(Session session, int from, int to) {
      CompletableFuture<Void> turn =
          attempts.incrementAndGet() > 2 ? done : CompletableFuture.completedFuture(null);
      return after(turn, session, "update account set balance = balance - 10 where id = " + from)
          .thenCompose(_ -> {
            if (missing.decrementAndGet() == 0) {
              bothHaveLockedOne.complete(null);
            }
            return after(
                bothHaveLockedOne,
                session,
                "update account set balance = balance + 10 where id = " + to);
          });
    }

    /** On a thread of its own: whoever lets another one go on doesn't wait for what that does. */
    private static CompletionStage<?> after(
        CompletableFuture<Void> turn, Session session, String sql) {
      return turn.thenComposeAsync(_ -> session.run(sql), Thread::startVirtualThread);
    }
  }
}
