package dev.withal.jdbc;

import dev.withal.Async;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;

/** The processes of PostgreSQL, one for each connection. */
final class Backends {
  private Backends() {}

  /** {@return the backends of so many connections that are lent at the same time} */
  static List<Long> pids(Pool pool, int connections) throws Exception {
    var allAreLent = new CyclicBarrier(connections);
    var uses = new ArrayList<CompletableFuture<Long>>();
    for (int i = 0; i < connections; i++) {
      uses.add(
          pool.connection()
              .useAsync(connection ->
                  Jdbc.callAsync(
                      connection,
                      inside -> {
                        long pid = pid(inside);
                        allAreLent.await();
                        return pid;
                      })));
    }
    var pids = new ArrayList<Long>();
    for (CompletableFuture<Long> use : uses) {
      pids.add(Async.await(use));
    }
    return pids;
  }

  static long pid(Connection connection) throws SQLException {
    return Setting.ask(connection, "select pg_backend_pid()");
  }

  /** Ends a backend, and waits until it has. */
  static void terminate(long pid) throws SQLException, InterruptedException {
    Jdbc.connection(Postgres.dataSource())
        .use(connection ->
            Setting.ask(connection, "select pg_terminate_backend(" + pid + ", 10000)::int"));
  }

  /** Lets the server wait until a backend does something, as its row in pg_stat_activity says. */
  static void awaitThat(long pid, String condition) throws SQLException, InterruptedException {
    String sql =
        """
        do $$ begin
          while not exists (select from pg_stat_activity where pid = %d and %s) loop
            perform pg_sleep(0.01);
            perform pg_stat_clear_snapshot();
          end loop;
        end $$\
        """
            .formatted(pid, condition);
    Jdbc.connection(Postgres.dataSource()).use(connection -> Setting.run(connection, sql));
  }
}
