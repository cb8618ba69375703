package dev.withal.r2dbc;

import dev.withal.Async;
import dev.withal.AsyncContextManager;
import io.r2dbc.spi.Connection;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The processes of PostgreSQL, one for each connection. */
final class Backends {
  private Backends() {}

  /** {@return the backends of so many connections that are lent at the same time} */
  static List<Integer> pids(Pool pool, int connections) throws InterruptedException {
    return Async.await(
        AsyncContextManager.all(Collections.nCopies(connections, pool.connection()))
            .useAsync(lent -> {
              List<CompletableFuture<Integer>> pids =
                  lent.stream().map(Backends::pidAsync).toList();
              return CompletableFuture.allOf(pids.toArray(CompletableFuture[]::new))
                  .thenApply(_ -> pids.stream().map(CompletableFuture::resultNow).toList());
            }));
  }

  static int pid(Connection connection) throws InterruptedException {
    return Async.await(pidAsync(connection));
  }

  static CompletableFuture<Integer> pidAsync(Connection connection) {
    return R2dbc.first(
        connection.createStatement("select pg_backend_pid()").execute(),
        row -> row.get(0, Integer.class));
  }

  /** Ends a backend, and waits until it has. */
  static void terminate(int pid) {
    ask("select pg_terminate_backend(" + pid + ", 10000)");
  }

  /** Lets the server wait until a backend does something, as its row in pg_stat_activity says. */
  static void awaitThat(int pid, String condition) {
    ask(
        """
        do $$ begin
          while not exists (select from pg_stat_activity where pid = %d and %s) loop
            perform pg_sleep(0.01);
            perform pg_stat_clear_snapshot();
          end loop;
        end $$\
        """
            .formatted(pid, condition));
  }

  private static void ask(String sql) {
    try {
      R2dbc.connection(Postgres.url()).use(connection -> Setting.run(connection, sql));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
