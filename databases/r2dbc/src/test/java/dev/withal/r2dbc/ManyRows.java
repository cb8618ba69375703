package dev.withal.r2dbc;

import dev.withal.Async;
import io.r2dbc.spi.Connection;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;

/**
 * A program that reads numbers of rows, a thousand at a time, and tells how many there were. Of
 * more than ten million it has seen enough after a hundred thousand, and cancels.
 */
final class ManyRows implements Flow.Subscriber<Long> {
  private static final int AT_A_TIME = 1_000;
  private static final int ENOUGH = 100_000;
  private static final long ALL = 10_000_000;

  private final CompletableFuture<Void> enough = new CompletableFuture<>();
  private final CompletableFuture<Void> end = new CompletableFuture<>();
  private Flow.Subscription subscription;
  private long rows;
  private long sum;

  private ManyRows() {}

  public static void main(String[] args) throws Exception {
    long wanted = Long.parseLong(args[1]);
    int fetchSize = Integer.parseInt(args[2]);
    R2dbc.pool(args[0], PoolSettings.ofSize(2))
        .use(pool -> {
          var seen = new ManyRows();
          CompletableFuture<Void> use =
              pool.connection()
                  .useAsync((connection, cancellation) -> {
                    seen.read(connection, wanted, fetchSize);
                    return cancellation.cancelling(seen.end);
                  });
          if (wanted <= ALL) {
            Async.await(use);
            System.out.println(seen.rows + " rows, " + seen.sum + " in sum");
          } else {
            Async.await(CompletableFuture.anyOf(seen.enough, use));
            use.cancel(true);
            String ending = ending(use);
            awaitThatTheServerWorksNoMore(pool);
            System.out.println(ending + ", and the server works no more");
          }
          return null;
        });
  }

  private static String ending(CompletableFuture<Void> use) throws InterruptedException {
    try {
      Async.await(use);
      return "ended";
    } catch (CancellationException _) {
      return "cancelled";
    }
  }

  private static void awaitThatTheServerWorksNoMore(Pool pool) throws InterruptedException {
    while (running(pool) > 0) {
      Async.sleep(Duration.ofMillis(20));
    }
  }

  private static long running(Pool pool) throws InterruptedException {
    return pool.connection()
        .use(connection ->
            Async.await(
                R2dbc.first(
                    connection
                        .createStatement(
                            "select count(*) from pg_stat_activity where application_name = 'stream'"
                                + " and state = 'active' and pid <> pg_backend_pid()")
                        .execute(),
                    row -> row.get(0, Long.class))));
  }

  private void read(Connection connection, long wanted, int fetchSize) {
    R2dbc.rows(
            connection
                .createStatement("select generate_series(1, " + wanted + "::bigint)")
                .fetchSize(fetchSize)
                .execute(),
            row -> row.get(0, Long.class))
        .subscribe(this);
    end.whenComplete((_, _) -> subscription.cancel());
  }

  @Override
  public void onSubscribe(Flow.Subscription given) {
    subscription = given;
    given.request(AT_A_TIME);
  }

  @Override
  public void onNext(Long number) {
    sum += number;
    if (++rows % AT_A_TIME == 0) {
      subscription.request(AT_A_TIME);
    }
    if (rows == ENOUGH) {
      enough.complete(null);
    }
  }

  @Override
  public void onError(Throwable error) {
    end.completeExceptionally(error);
  }

  @Override
  public void onComplete() {
    end.complete(null);
  }
}
