package dev.withal.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.database.testing.stories.SurvivalStories;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What transactions of R2DBC are worth when the way to PostgreSQL is cut. */
class SurvivalTest extends SurvivalStories implements R2dbcStories {

  @Test
  void statement_runsWhenItsBodyIsCancelled_isStoppedOnTheServer() throws Exception {
    R2dbc.pool(Postgres.url(), PoolSettings.ofSize(1))
        .use(pool -> {
          var pid = new CompletableFuture<Integer>();
          CompletableFuture<Void> use =
              pool.transaction()
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
}
