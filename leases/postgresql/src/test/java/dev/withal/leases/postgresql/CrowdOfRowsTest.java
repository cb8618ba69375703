package dev.withal.leases.postgresql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.Async;
import dev.withal.leases.Leases;
import dev.withal.leases.internal.EngineLeases;
import dev.withal.testkit.LeakCheck;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Many leases of one process are proved together. */
@ExtendWith(LeakCheck.class)
class CrowdOfRowsTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(6);
  private static final int LEASES = 1_000;

  /** Counts the statements that are sent. */
  private record Counted(Rows rows, AtomicInteger proofs) implements PassingRows {
    @Override
    public <T> List<T> query(String sql, List<?> parameters, Class<T> type) throws Exception {
      if (sql.equals(Sql.KEEP)) {
        proofs.incrementAndGet();
      }
      return rows.query(sql, parameters, type);
    }
  }

  @Test
  @Tag("stress")
  @Timeout(120)
  void thousandLeases_ofOneProcess_areProvedByOneStatementEachBeat() throws Exception {
    var proofs = new AtomicInteger();
    Machines.jdbc(TIMEOUT)
        .run(a -> {
          var engine = new RowEngine(new Counted(JdbcLeases.rows(a.pool()), proofs), TIMEOUT);
          Leases leases = new EngineLeases(engine);
          leases.lease("warm").run(lease -> assertThat(lease.token()).isPositive());
          int threads = Thread.activeCount();
          var held = new AtomicInteger();
          var end = new CompletableFuture<Boolean>();
          var uses = new ArrayList<CompletableFuture<Boolean>>();
          for (int i = 0; i < LEASES; i++) {
            uses.add(
                leases
                    .lease("crowd " + i)
                    .useAsync(lease -> {
                      held.incrementAndGet();
                      return end.thenApply(_ -> lease.token() > 0);
                    }));
          }
          while (held.get() < LEASES) {
            Async.sleep(Duration.ofMillis(20));
          }
          int before = proofs.get();
          Async.sleep(TIMEOUT.multipliedBy(2));

          // A beat is a quarter of the timeout.
          assertThat(proofs.get() - before).isBetween(5, 9);
          assertThat(Thread.activeCount()).isLessThan(threads + 10);
          end.complete(true);
          CompletableFuture.allOf(uses.toArray(CompletableFuture[]::new)).get(1, TimeUnit.MINUTES);
          assertThat(uses).allMatch(CompletableFuture::join);
        });
  }
}
