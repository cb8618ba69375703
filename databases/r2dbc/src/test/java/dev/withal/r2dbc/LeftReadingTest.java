package dev.withal.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.database.Bounds;
import dev.withal.r2dbc.Database.Values;
import dev.withal.testkit.LeakCheck;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.Result;
import io.r2dbc.spi.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.reactivestreams.Publisher;

/**
 * A statement that a body leaves under way on PostgreSQL is inside, whenever its driver sends it.
 */
@ExtendWith(LeakCheck.class)
class LeftReadingTest {
  private static final PoolSettings ONE = PoolSettings.ofSize(1);

  @ParameterizedTest
  @EnumSource
  void statement_bodyReturnsWhileItRuns_exitWaitsForIt(Values values) throws Exception {
    R2dbc.pool(Postgres.url(), ONE)
        .use(pool -> {
          CompletableFuture<?> asleep =
              pool.connection().use(connection -> sleep(connection, values, "1"));
          assertThat(asleep).succeedsWithin(Duration.ofMillis(500));
          return null;
        });
  }

  @ParameterizedTest
  @EnumSource
  void statement_bodyFailsWhileItRuns_isStoppedBeforeTheRollback(Values values) throws Exception {
    R2dbc.pool(Postgres.url(), ONE)
        .use(pool -> {
          var asleep = new CompletableFuture<CompletableFuture<?>>();
          assertThat(
                  catchThrowable(() ->
                      pool.transaction()
                          .use(connection -> {
                            asleep.complete(sleep(connection, values, "600"));
                            throw new Library.Undone();
                          })))
              .isInstanceOf(Library.Undone.class)
              .hasNoSuppressedExceptions();
          assertThat(asleep.resultNow()).isCompletedExceptionally();
          assertThat(pool.idle()).as("the connection is well").isEqualTo(1);
          return null;
        });
  }

  @ParameterizedTest
  @EnumSource
  void statement_viewIsClosedWhileItRuns_isStopped(Values values) throws Exception {
    R2dbc.pool(Postgres.url(), ONE)
        .use(pool -> {
          Connection view = ConnectionFactoryTest.taken(pool.connectionFactory());
          int pid = Backends.pid(view);
          CompletableFuture<?> asleep = sleep(view, values, "600");
          Backends.awaitThat(pid, "wait_event = 'PgSleep'");

          R2dbc.completion(view.close()).get(20, TimeUnit.SECONDS);

          assertThat(asleep).isCompletedExceptionally();
          return null;
        });
  }

  @ParameterizedTest
  @EnumSource
  void reader_stallsAndTheBodyReturns_nextUserHasAnotherConnection(Values values) throws Exception {
    var bounds = Bounds.DEFAULT.withExit(Duration.ofMillis(500));
    R2dbc.pool(Postgres.url(), ONE.withBounds(bounds))
        .use(pool -> {
          var pid = new CompletableFuture<Integer>();
          pool.connection()
              .use(connection -> {
                pid.complete(Backends.pid(connection));
                var two = new TwoOfMany();
                R2dbc.rows(many(connection, values).execute(), row -> row.get(0, Integer.class))
                    .subscribe(two);
                return Async.await(two.taken);
              });

          assertThat(Backends.pids(pool, 1)).doesNotContain(pid.resultNow());
          return null;
        });
  }

  private static CompletableFuture<?> sleep(Connection connection, Values values, String seconds) {
    Statement statement =
        values == Values.BOUND
            ? connection.createStatement("select pg_sleep($1)").bind(0, Double.parseDouble(seconds))
            : connection.createStatement("select pg_sleep(" + seconds + ")");
    Publisher<? extends Result> results = statement.execute();
    return R2dbc.completion(results);
  }

  private static Statement many(Connection connection, Values values) {
    return values == Values.BOUND
        ? connection.createStatement("select generate_series(1, $1)").bind(0, 100_000_000)
        : connection.createStatement("select generate_series(1, 100000000)");
  }

  /** Requests two rows, and no more. */
  private static final class TwoOfMany implements Flow.Subscriber<Integer> {
    final CompletableFuture<Void> taken = new CompletableFuture<>();

    @Override
    public void onSubscribe(Flow.Subscription given) {
      given.request(2);
    }

    @Override
    public void onNext(Integer row) {
      if (row == 2) {
        taken.complete(null);
      }
    }

    @Override
    public void onError(Throwable error) {
      taken.completeExceptionally(error);
    }

    @Override
    public void onComplete() {}
  }
}
