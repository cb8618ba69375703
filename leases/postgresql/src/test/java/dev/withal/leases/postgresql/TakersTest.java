package dev.withal.leases.postgresql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.leases.Leases;
import dev.withal.leases.internal.EngineLeases;
import dev.withal.testkit.LeakCheck;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A crowd that takes leases leaves connections to those who prove theirs. */
@ExtendWith(LeakCheck.class)
class TakersTest {
  private static final int CROWD = 30;

  /** Lets nobody take a lease before some want to, and sees how many do so at the same time. */
  private record Watched(Rows rows, CountDownLatch some, AtomicInteger taking, AtomicInteger atOnce)
      implements PassingRows {
    @Override
    public <T> List<T> query(String sql, List<?> parameters, Class<T> type) throws Exception {
      if (!sql.equals(Sql.TAKE)) {
        return rows.query(sql, parameters, type);
      }
      atOnce.accumulateAndGet(taking.incrementAndGet(), Math::max);
      some.countDown();
      some.await();
      try {
        return rows.query(sql, parameters, type);
      } finally {
        taking.decrementAndGet();
      }
    }
  }

  @Test
  void takers_crowd_areThreeAtATimeAndAllGetTheirs() throws Exception {
    Duration timeout = Duration.ofSeconds(20);
    Machines.jdbc(timeout)
        .run(a -> {
          var rows =
              new Watched(
                  JdbcLeases.rows(a.pool()),
                  new CountDownLatch(3),
                  new AtomicInteger(),
                  new AtomicInteger());
          Leases leases = new EngineLeases(new RowEngine(rows, timeout));
          var tokens = new ArrayList<CompletableFuture<Long>>();
          for (int i = 0; i < CROWD; i++) {
            tokens.add(
                leases
                    .lease("taker " + i)
                    .useAsync(lease -> CompletableFuture.completedFuture(lease.token())));
          }

          for (CompletableFuture<Long> token : tokens) {
            assertThat(token.get(30, TimeUnit.SECONDS)).isPositive();
          }
          assertThat(rows.atOnce()).hasValue(3);
        });
  }
}
