package dev.withal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.testkit.LeakCheck;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What an executor begins for a caller that has stopped waiting. */
@ExtendWith(LeakCheck.class)
class LateExecutorTest {

  /** Its place is free by then, and may have the next holder. */
  @Test
  void executor_isLateForEntersThatWereGivenUp_opensNothingForThem() throws Exception {
    var opened = new AtomicInteger();
    var busy = new CompletableFuture<Void>();
    DataSource source =
        SecretsTest.source(() -> {
          opened.incrementAndGet();
          return Setting.h2("test").getConnection();
        });
    try (ExecutorService one = Executors.newSingleThreadExecutor()) {
      PoolSettings hasty = PoolSettings.ofSize(1).on(one).withEnterTimeout(Duration.ofMillis(1));
      Jdbc.pool(source, hasty)
          .use(pool -> {
            pool.connection().run(_ -> {});
            one.execute(busy::join);

            for (int i = 0; i < 2; i++) {
              CompletableFuture<Object> late = pool.connection().useAsync(_ -> busy);
              assertThat(catchThrowable(() -> Async.await(late)))
                  .isInstanceOf(SQLTransientConnectionException.class);
            }
            busy.complete(null);
            one.submit(() -> null).get();

            assertThat(pool.idle()).isEqualTo(1);
            assertThat(opened).hasValue(1);
            return null;
          });
    }
  }
}
