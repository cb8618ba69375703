package dev.withal.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.testkit.LeakCheck;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.IsolationLevel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The examples of the guide on databases. */
@ExtendWith(LeakCheck.class)
class DatabasesGuideTest {
  private static final String URL = "r2dbc:h2:mem:///guide";

  @Test
  void pool_lendsAConnection() throws Exception {
    // @start region="pool"
    int answer =
        R2dbc.pool(URL, PoolSettings.ofSize(4).withEnterTimeout(Duration.ofSeconds(5)))
            .use(pool ->
                pool.connection("report")
                    .use(connection ->
                        Async.await(
                            R2dbc.first(
                                connection.createStatement("select 42").execute(),
                                row -> row.get(0, Integer.class)))));
    // @end
    assertThat(answer).isEqualTo(42);
  }

  @Test
  void transaction_commitsInStageStyle() throws Exception {
    R2dbc.pool(URL)
        .run(pool -> {
          Async.await(create(pool));
          // @start region="stages"
          CompletableFuture<Long> inserted =
              pool.transaction()
                  .useAsync((connection, cancellation) ->
                      cancellation.cancelling(
                          R2dbc.rowsUpdated(
                              connection
                                  .createStatement("insert into person values ('Ada')")
                                  .execute())));
          // @end
          assertThat(Async.await(inserted)).isEqualTo(1);
        });
  }

  @Test
  void transaction_beginsWithOptionsAndIsRunAgain() throws Exception {
    R2dbc.pool(URL)
        .run(pool -> {
          Async.await(create(pool));
          // @start region="retry"
          var transfer =
              TransactionOptions.DEFAULT.named("transfer").isolation(IsolationLevel.SERIALIZABLE);
          Long moved =
              R2dbc.retrying(pool.transaction(transfer))
                  .attempts(3)
                  .use(connection -> Async.await(update(connection)));
          // @end
          assertThat(moved).isZero();
        });
  }

  @Test
  void savepoint_isUndoneAlone() throws Exception {
    R2dbc.pool(URL)
        .run(pool -> {
          Async.await(create(pool));
          // @start region="savepoint"
          pool.transaction()
              .run(outer -> {
                Async.await(insert(outer, "Ada"));
                R2dbc.transaction(outer)
                    .suppressing(IllegalStateException.class)
                    .use(inner -> {
                      Async.await(insert(inner, "Charles"));
                      throw new IllegalStateException("undoes the second row alone");
                    });
              });
          // @end
          assertThat(Async.await(names(pool))).containsExactly("Ada");
        });
  }

  @Test
  void rows_areAskedForOneByOne() throws Exception {
    R2dbc.pool(URL)
        .run(pool ->
            pool.connection()
                .run(connection -> {
                  // @start region="rows"
                  Flow.Publisher<Long> rows =
                      R2dbc.rows(
                          connection.createStatement("select x from system_range(1, 9)").execute(),
                          row -> row.get(0, Long.class));
                  var second = new CompletableFuture<Long>();
                  rows.subscribe(new TakesTwo(second));
                  // @end
                  assertThat(Async.await(second)).isEqualTo(2);
                }));
  }

  @Test
  void nested_isToldWhoHoldsTheConnection() throws Exception {
    R2dbc.pool(URL, PoolSettings.ofSize(1))
        .run(pool -> {
          // @start region="exhausted"
          Throwable refused =
              catchThrowable(() ->
                  pool.connection("orders")
                      .use(_ -> pool.connection("audit").use(_ -> "never runs")));

          assertThat(refused)
              .isInstanceOf(PoolExhaustedException.class)
              .hasMessageContaining("1 of 1 are in use, by orders (1)");
          // @end
        });
  }

  private static final class TakesTwo implements Flow.Subscriber<Long> {
    private final CompletableFuture<Long> second;
    private Flow.Subscription subscription;

    TakesTwo(CompletableFuture<Long> second) {
      this.second = second;
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
      subscription = given;
      given.request(2);
    }

    @Override
    public void onNext(Long row) {
      if (row == 2) {
        subscription.cancel();
        second.complete(row);
      }
    }

    @Override
    public void onError(Throwable error) {
      second.completeExceptionally(error);
    }

    @Override
    public void onComplete() {
      second.completeExceptionally(new AssertionError("more rows are there"));
    }
  }

  private static CompletableFuture<Void> create(Pool pool) {
    return pool.connection()
        .useAsync(connection ->
            R2dbc.completion(
                connection
                    .createBatch()
                    .add("drop table if exists person")
                    .add("create table person (name text)")
                    .execute()));
  }

  private static CompletableFuture<Void> insert(Connection connection, String name) {
    return R2dbc.completion(
        connection.createStatement("insert into person values ('" + name + "')").execute());
  }

  private static CompletableFuture<Long> update(Connection connection) {
    return R2dbc.rowsUpdated(
        connection.createStatement("update person set name = 'Grace'").execute());
  }

  private static CompletableFuture<List<String>> names(Pool pool) {
    return pool.connection()
        .useAsync(connection ->
            R2dbc.list(
                connection.createStatement("select name from person").execute(),
                row -> row.get(0, String.class)));
  }
}
