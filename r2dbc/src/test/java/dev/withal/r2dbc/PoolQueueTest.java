package dev.withal.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import io.r2dbc.spi.Connection;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Who waits for a pool's connection: in turn, not too long, and never in vain. */
@ExtendWith(LeakCheck.class)
class PoolQueueTest {
  private static final String URL = "r2dbc:h2:mem:///queue";
  private static final PoolSettings ONE = PoolSettings.ofSize(1);
  private static final PoolSettings TWO = PoolSettings.ofSize(2);

  private final Journal journal = new Journal();
  private final CompletableFuture<Void> end = new CompletableFuture<>();

  @Test
  void connection_allAreInUse_isWaitedForInTurn() throws Exception {
    R2dbc.pool(URL, ONE)
        .use(pool -> {
          pool.connection("first").useAsync(_ -> end);
          CompletableFuture<Void> second = note(pool, "second");
          CompletableFuture<Void> third = note(pool, "third");
          assertThat(pool.waiting()).isEqualTo(2);
          assertThat(pool.holders()).containsExactly("first");

          end.complete(null);

          Async.await(CompletableFuture.allOf(second, third));
          assertThat(journal.events()).containsExactly("second", "third");
          return null;
        });
  }

  @Test
  void connection_isWaitedForTooLong_errorNamesThoseWhoHoldThem() throws Exception {
    try (var time = VirtualTime.install()) {
      R2dbc.pool(URL, TWO)
          .use(pool -> {
            pool.connection("orders").useAsync(_ -> end);
            pool.transaction().named("audit").useAsync(_ -> end);
            CompletableFuture<Void> late = pool.connection("report").useAsync(_ -> end);

            time.advance(Duration.ofSeconds(29));
            assertThat(late).isNotDone();
            time.advance(Duration.ofSeconds(1));

            assertThat(late)
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .havingCause()
                .isInstanceOf(PoolExhaustedException.class)
                .withMessage(
                    "report got no connection of R2dbc.pool(r2dbc:h2:mem:///queue): none came free"
                        + " within PT30S; 2 of 2 are in use, by audit (1), orders (1); 0 wait");
            assertThat(pool.waiting()).isZero();
            end.complete(null);
            return null;
          });
    }
  }

  @Test
  void waiting_isCancelled_leavesTheQueueAtOnce() throws Exception {
    R2dbc.pool(URL, ONE)
        .use(pool -> {
          pool.connection().useAsync(_ -> end);
          CompletableFuture<Void> waiting = pool.transaction().useAsync(_ -> end);

          waiting.cancel(true);

          assertThat(waiting).isCancelled();
          assertThat(pool.waiting()).isZero();
          end.complete(null);
          assertThat(pool.inUse()).isZero();
          return null;
        });
  }

  @Test
  void waiting_isInterrupted_leavesTheQueueAtOnce() throws Exception {
    R2dbc.pool(URL, ONE)
        .use(pool -> {
          pool.connection().useAsync(_ -> end);
          var thrown = new CompletableFuture<Throwable>();
          Thread thread =
              Thread.startVirtualThread(() ->
                  thrown.complete(catchThrowable(() -> pool.connection().use(_ -> "in vain"))));

          thread.interrupt();

          assertThat(Async.<Throwable, RuntimeException>await(thrown))
              .isInstanceOf(InterruptedException.class);
          assertThat(pool.waiting()).isZero();
          end.complete(null);
          return null;
        });
  }

  @Test
  void waiting_tooMany_theNextIsRefused() throws Exception {
    R2dbc.pool(URL, ONE.withMaxWaiting(1))
        .use(pool -> {
          pool.connection().useAsync(_ -> end);
          CompletableFuture<Void> waiting = pool.connection().useAsync(_ -> end);

          assertThatThrownBy(() -> pool.connection("third").use(_ -> "in vain"))
              .isInstanceOf(PoolExhaustedException.class)
              .hasMessageStartingWith(
                  "third got no connection of R2dbc.pool(r2dbc:h2:mem:///queue): 1 wait for one"
                      + " already, which is the limit; 1 of 1 are in use, by connection (1)");
          end.complete(null);
          Async.await(waiting);
          return null;
        });
  }

  @Test
  void nested_inDirectStyleWithNoneLeft_isRefusedAtOnce() throws Exception {
    R2dbc.pool(URL, ONE)
        .use(pool -> {
          Throwable thrown =
              catchThrowable(() ->
                  pool.transaction()
                      .named("transfer")
                      .use(_ -> pool.connection("audit").use(_ -> "in vain")));

          assertThat(thrown)
              .isInstanceOf(PoolExhaustedException.class)
              .hasMessage(
                  "audit got no connection of R2dbc.pool(r2dbc:h2:mem:///queue): none can come free,"
                      + " as each is held by a body that waits for another one, and this thread"
                      + " holds 1: pass the connection on instead of entering a second one, or make"
                      + " the pool larger; 1 of 1 are in use, by transfer (1); 0 wait");
          assertThat(pool.inUse()).isZero();
          return null;
        });
  }

  @Test
  void nested_onTwoThreadsThatHoldAll_theLastOneIsRefusedAndTheOtherGoesOn() throws Exception {
    R2dbc.pool(URL, TWO)
        .use(pool -> {
          var bothHoldOne = new CountDownLatch(2);
          CompletableFuture<String> one = nested(pool, bothHoldOne);
          CompletableFuture<String> other = nested(pool, bothHoldOne);

          CompletableFuture.allOf(one, other).exceptionally(_ -> null).join();

          assertThat(one.isCompletedExceptionally()).isNotEqualTo(other.isCompletedExceptionally());
          assertThat((one.isCompletedExceptionally() ? one : other).exceptionNow())
              .isInstanceOf(PoolExhaustedException.class);
          assertThat(pool.inUse()).isZero();
          return null;
        });
  }

  /** Who holds the other one may give it back any time: nothing is known then. */
  @Test
  void nested_whileAStageHoldsTheOther_isWaitedFor() throws Exception {
    try (var _ = VirtualTime.install()) {
      R2dbc.pool(URL, TWO)
          .use(pool -> {
            pool.connection("stage").useAsync(_ -> end);
            Async.sleepAsync(Duration.ofSeconds(1)).thenRun(() -> end.complete(null));

            String result = pool.connection().use(_ -> pool.connection().use(_ -> "two"));

            assertThat(result).isEqualTo("two");
            return null;
          });
    }
  }

  @Test
  void close_whileSomebodyWaits_refusesHim() throws Exception {
    var waiting = new CompletableFuture<CompletableFuture<Void>>();
    CompletableFuture<Void> whole =
        R2dbc.pool(URL, ONE)
            .useAsync(pool -> {
              pool.connection().useAsync(_ -> end);
              waiting.complete(pool.connection("late").useAsync(_ -> end));
              return CompletableFuture.completedFuture(null);
            });

    assertThat(waiting.join().exceptionNow())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "R2dbc.pool(r2dbc:h2:mem:///queue) was closed while late waited for a connection");
    end.complete(null);
    Async.await(whole);
  }

  private CompletableFuture<Void> note(Pool pool, String what) {
    return pool.connection(what)
        .useAsync(_ -> {
          journal.add(what);
          return CompletableFuture.completedFuture(null);
        });
  }

  private static CompletableFuture<String> nested(Pool pool, CountDownLatch bothHoldOne) {
    var result = new CompletableFuture<String>();
    Thread.startVirtualThread(() -> {
      try {
        result.complete(
            pool.connection()
                .use((Connection _) -> {
                  bothHoldOne.countDown();
                  bothHoldOne.await();
                  return pool.connection().use(_ -> "two");
                }));
      } catch (Exception e) {
        result.completeExceptionally(e);
      }
    });
    return result;
  }
}
