package dev.withal.jdbc;

import dev.withal.Async;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A program that reads numbers of rows, a thousand at a time, and tells how many there were. Of
 * more than ten million it has seen enough after a hundred thousand, and is cancelled.
 */
final class ManyRows {
  private static final int AT_A_TIME = 1_000;
  private static final int ENOUGH = 100_000;
  private static final long ALL = 10_000_000;

  private final CompletableFuture<Void> enough = new CompletableFuture<>();
  private final CompletableFuture<Long> pid = new CompletableFuture<>();

  private ManyRows() {}

  /** The port of the server and how many rows there are. */
  public static void main(String[] args) throws Exception {
    var dataSource = new PGSimpleDataSource();
    dataSource.setPortNumbers(new int[] {Integer.parseInt(args[0])});
    dataSource.setDatabaseName("postgres");
    dataSource.setUser("postgres");
    long wanted = Long.parseLong(args[1]);
    var seen = new ManyRows();
    Jdbc.pool(dataSource, PoolSettings.ofSize(2))
        .use(pool -> {
          CompletableFuture<String> use =
              pool.transaction()
                  .useAsync(connection ->
                      Jdbc.callAsync(connection, inside -> seen.read(inside, wanted)));
          if (wanted <= ALL) {
            System.out.println(Async.await(use));
          } else {
            Async.await(CompletableFuture.anyOf(seen.enough, use));
            use.cancel(true);
            String ending = ending(use);
            awaitThatTheServerWorksNoMore(pool, Async.await(seen.pid));
            System.out.println(ending + ", and the server works no more");
          }
          return null;
        });
  }

  /** PostgreSQL's driver reads some rows at a time in a transaction only. */
  private String read(Connection connection, long wanted) throws SQLException {
    pid.complete(Backends.pid(connection));
    try (Statement statement = connection.createStatement()) {
      statement.setFetchSize(AT_A_TIME);
      long rows = 0;
      long sum = 0;
      try (ResultSet result =
          statement.executeQuery("select generate_series(1, " + wanted + "::bigint)")) {
        while (result.next()) {
          sum += result.getLong(1);
          if (++rows == ENOUGH) {
            enough.complete(null);
          }
        }
      }
      return rows + " rows, " + sum + " in sum";
    }
  }

  private static String ending(CompletableFuture<String> use) throws InterruptedException {
    try {
      return Async.await(use);
    } catch (CancellationException _) {
      return "cancelled";
    }
  }

  private static void awaitThatTheServerWorksNoMore(Pool pool, long pid) throws Exception {
    pool.connection()
        .use(connection ->
            Setting.run(
                connection,
                """
                do $$ begin
                  while exists
                      (select from pg_stat_activity where pid = %d and state <> 'idle'
                          and pid <> pg_backend_pid()) loop
                    perform pg_sleep(0.01);
                    perform pg_stat_clear_snapshot();
                  end loop;
                end $$\
                """
                    .formatted(pid)));
  }
}
