package dev.withal.database.testing.stories;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Reads of 5,000 rows that are asked to end at random moments lose no place. The ways take turns.
 */
public abstract class ReadStormStories implements Stories {
  private static final int CONNECTIONS = 10;
  private static final int ROWS = 5_000;
  private static final int READS = 150;
  private static final String QUERY = "select g from generate_series(1, " + ROWS + ") g";

  /** All at once, and by pieces. */
  @ParameterizedTest
  @ValueSource(ints = {0, 100})
  @Tag("slow")
  void storm_ofReads_losesNoPlace(int fetchSize) throws Exception {
    for (Way way : waysToPostgres().toList()) {
      way.pool(Plan.ofSize(CONNECTIONS), pool -> storm(pool, fetchSize));
    }
  }

  private static void storm(Lender pool, int fetchSize) throws Exception {
    var random = new Random(5_000 + fetchSize);
    var underWay = new Semaphore(50);
    List<CompletableFuture<Integer>> all = new ArrayList<>();
    for (int i = 0; i < READS; i++) {
      underWay.acquire();
      Running<Integer> use =
          pool.transaction(Deal.PLAIN, session -> session.count(QUERY, fetchSize));
      use.result().whenComplete((_, _) -> underWay.release());
      all.add(use.result());
      if (i % 4 != 3) {
        CompletableFuture.delayedExecutor(random.nextInt(30_000), TimeUnit.MICROSECONDS)
            .execute(use.end());
      }
    }
    int whole = 0;
    int ended = 0;
    for (CompletableFuture<Integer> use : all) {
      try {
        assertThat(use.get(1, TimeUnit.MINUTES)).isEqualTo(ROWS);
        whole++;
      } catch (CancellationException _) {
        ended++;
      } catch (ExecutionException e) {
        assertThat(e.getCause())
            .isInstanceOfAny(CancellationException.class, InterruptedException.class);
        ended++;
      }
    }
    assertThat(whole).isPositive();
    assertThat(ended).isPositive();
    assertThat(pool.seen().inUse()).isZero();
    assertThat(pool.seen().waiting()).isZero();
    assertThat(pool.pids(CONNECTIONS)).hasSize(CONNECTIONS).doesNotHaveDuplicates();
  }
}
