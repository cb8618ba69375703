package dev.withal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.Async;
import dev.withal.jdbc.Setting.Running;
import dev.withal.testkit.LeakCheck;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Reads of 5,000 rows that are asked to end at random moments lose no place. Every other one is in
 * direct style, and is interrupted.
 */
@ExtendWith(LeakCheck.class)
class ReadStormTest {
  private static final int ROWS = 5_000;
  private static final int READS = 300;

  /** All at once, and by pieces. */
  @ParameterizedTest
  @ValueSource(ints = {0, 100})
  @Tag("slow")
  void storm_ofReads_losesNoPlace(int fetchSize) throws Exception {
    var random = new Random(5_000 + fetchSize);
    var underWay = new Semaphore(50);
    Jdbc.pool(Postgres.dataSource(), PoolSettings.ofSize(Storm.CONNECTIONS))
        .use(pool -> {
          List<CompletableFuture<Integer>> all = new ArrayList<>();
          for (int i = 0; i < READS; i++) {
            Setting style = i % 2 == 0 ? Setting.POSTGRESQL_DIRECT : Setting.POSTGRESQL_STAGES;
            underWay.acquire();
            Running<Integer> use =
                style.begin(pool.transaction(), connection -> read(connection, fetchSize));
            use.result().whenComplete((_, _) -> underWay.release());
            all.add(use.result());
            if (i % 4 != 3) {
              CompletableFuture.delayedExecutor(random.nextInt(30_000), TimeUnit.MICROSECONDS)
                  .execute(use.cancel());
            }
          }
          int whole = 0;
          int ended = 0;
          for (CompletableFuture<Integer> use : all) {
            try {
              assertThat(Async.<Object, Exception>await(use)).isEqualTo(ROWS);
              whole++;
            } catch (CancellationException | InterruptedException _) {
              ended++;
            }
          }
          assertThat(whole).isPositive();
          assertThat(ended).isPositive();
          assertThat(pool.inUse()).isZero();
          assertThat(pool.waiting()).isZero();
          assertThat(Storm.working(pool)).isEqualTo(Storm.CONNECTIONS);
          return null;
        });
  }

  private static int read(Connection connection, int fetchSize) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.setFetchSize(fetchSize);
      try (ResultSet result =
          statement.executeQuery("select g from generate_series(1, " + ROWS + ") g")) {
        int rows = 0;
        while (result.next()) {
          rows++;
        }
        return rows;
      }
    }
  }
}
