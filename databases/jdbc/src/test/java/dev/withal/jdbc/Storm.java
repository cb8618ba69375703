package dev.withal.jdbc;

import dev.withal.Async;
import dev.withal.database.testing.stories.Running;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.sql.DataSource;

/**
 * Thousands of transactions on a pool of ten, each asked to end at a random moment: most while they
 * wait for a connection, acquire one, begin, insert or commit, some never. Every other one is in
 * direct style, and is interrupted.
 *
 * <p>Each inserts two rows, so that a half-written one shows. The moments come from a seed. A storm
 * keeps at most a hundred transactions under way at the same time.
 */
final class Storm {
  static final int CONNECTIONS = 10;
  private static final int UNDER_WAY = 100;
  private static final String APPLICATION = "storm";

  /**
   * What a storm left behind.
   *
   * @param succeeded how many committed
   * @param ended how many were asked to end in time
   * @param failures how the others ended
   * @param lost how many of the pool's connections don't work
   * @param inTransaction how many sessions the server sees in a transaction or in a statement
   * @param halfWritten how many transactions left one row
   */
  record Damage(
      int succeeded,
      int ended,
      List<Throwable> failures,
      int lost,
      long inTransaction,
      long halfWritten) {}

  /**
   * Where it blows.
   *
   * @param dataSource of the pool
   * @param busy asks how many of its sessions are in a transaction or in a statement
   */
  record Target(DataSource dataSource, String busy) {
    static Target postgresql() {
      return new Target(
          Postgres.named(APPLICATION),
          "select count(*) from pg_stat_activity where application_name = '"
              + APPLICATION
              + "' and state <> 'idle' and pid <> pg_backend_pid()");
    }

    static Target mariadb() {
      return new Target(
          Mariadb.ofOtherUser(),
          "select count(*) from information_schema.processlist p left join"
              + " information_schema.innodb_trx t on t.trx_mysql_thread_id = p.id where p.user ="
              + " 'storm' and p.id <> connection_id() and"
              + " (t.trx_id is not null or p.command <> 'Sleep')");
    }
  }

  private final Target target;
  private final int transactions;
  private final Random random;

  Storm(Target target, int transactions, long seed) {
    this.target = target;
    this.transactions = transactions;
    this.random = new Random(seed);
  }

  Damage run() throws Exception {
    Jdbc.connection(target.dataSource())
        .use(connection -> {
          Setting.run(connection, "drop table if exists storm");
          return Setting.run(connection, "create table storm (id int, half int)");
        });
    return Jdbc.pool(target.dataSource(), PoolSettings.ofSize(CONNECTIONS))
        .<Damage, Exception>use(this::blow);
  }

  private Damage blow(Pool pool) throws Exception {
    var underWay = new Semaphore(UNDER_WAY);
    var all = new ArrayList<CompletableFuture<Integer>>();
    for (int i = 0; i < transactions; i++) {
      int id = i;
      underWay.acquire();
      Setting style = i % 2 == 0 ? Setting.POSTGRESQL_DIRECT : Setting.POSTGRESQL_STAGES;
      Running<Integer> use = style.begin(pool.transaction(), connection -> insert(connection, id));
      use.result().whenComplete((_, _) -> underWay.release());
      all.add(use.result());
      ask(style, use);
    }
    return damage(pool, all);
  }

  private void ask(Setting style, Running<Integer> use) {
    int micros = random.nextInt(20_000);
    switch (random.nextInt(4)) {
      case 0 -> {
        if (style.isDirect()) {
          later(micros, use.end());
        } else {
          use.result().orTimeout(micros, TimeUnit.MICROSECONDS);
        }
      }
      case 1 -> use.end().run();
      case 2 -> later(micros, use.end());
      default -> {}
    }
  }

  private static void later(int micros, Runnable action) {
    CompletableFuture.delayedExecutor(micros, TimeUnit.MICROSECONDS).execute(action);
  }

  private static int insert(Connection connection, int id) throws SQLException {
    Setting.run(connection, "insert into storm values (" + id + ", 0)");
    return Setting.run(connection, "insert into storm values (" + id + ", 1)");
  }

  private Damage damage(Pool pool, List<CompletableFuture<Integer>> all) throws Exception {
    int succeeded = 0;
    int ended = 0;
    var failures = new ArrayList<Throwable>();
    for (CompletableFuture<Integer> use : all) {
      try {
        Async.<Integer, Exception>await(use);
        succeeded++;
      } catch (CancellationException | TimeoutException | InterruptedException _) {
        ended++;
      } catch (Exception failure) {
        failures.add(failure);
      }
    }
    return new Damage(
        succeeded,
        ended,
        failures,
        CONNECTIONS - working(pool),
        ask(target.busy()),
        ask("select count(*) from (select id from storm group by id having count(*) <> 2) half"));
  }

  /** {@return how many connections can be had and used at the same time} */
  static int working(Pool pool) throws Exception {
    var everybody = new CompletableFuture<Void>();
    var uses = new ArrayList<CompletableFuture<Long>>();
    var there = new Semaphore(0);
    for (int i = 0; i < CONNECTIONS; i++) {
      uses.add(
          pool.connection()
              .useAsync(connection ->
                  Jdbc.callAsync(connection, inside -> Setting.ask(inside, "select 1"))
                      .whenComplete((_, _) -> there.release())
                      .thenCombine(everybody, (answer, _) -> answer)));
    }
    there.tryAcquire(CONNECTIONS, 10, TimeUnit.SECONDS);
    everybody.complete(null);
    int working = 0;
    for (CompletableFuture<Long> use : uses) {
      working += Math.toIntExact(Async.await(use));
    }
    return working;
  }

  private long ask(String sql) throws Exception {
    return Jdbc.connection(target.dataSource()).use(connection -> Setting.ask(connection, sql));
  }
}
