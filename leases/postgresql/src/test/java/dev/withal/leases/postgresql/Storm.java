package dev.withal.leases.postgresql;

import dev.withal.Async;
import dev.withal.AsyncContextManager;
import dev.withal.database.testing.PostgresServer;
import dev.withal.jdbc.Jdbc;
import dev.withal.jdbc.Pool;
import dev.withal.jdbc.PoolSettings;
import dev.withal.leases.Leases;
import dev.withal.leases.internal.EngineLeases;
import dev.withal.leases.postgresql.History.End;
import dev.withal.leases.postgresql.History.Step;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Holders on machines of their own read a register and write it, and stall at any moment: they
 * prove nothing, and take no notice of being told, as if their process was stopped.
 */
final class Storm {
  /** The shortest timeout there is. */
  static final Duration TIMEOUT = Duration.ofMillis(200);

  private static final int HOLDERS = 8;

  /** What protects the register. */
  interface Guard {
    /** Waits for the lock, and makes one attempt under it. */
    void hold(Machine machine, Attempt attempt) throws Exception;
  }

  /** Reads and writes the register, in a transaction. */
  interface Attempt {
    /**
     * Makes it.
     *
     * @param token what the lock is numbered with; 0 if it isn't
     */
    void make(long token, AsyncContextManager<Connection> transaction) throws Exception;
  }

  /** A machine whose proofs can stall. */
  static final class Machine implements PassingRows {
    private final Pool pool;
    private final Rows rows;
    private final Leases leases;
    private volatile boolean stalled;

    Machine(Pool pool) {
      this.pool = pool;
      this.rows = JdbcLeases.rows(pool);
      this.leases = new EngineLeases(new RowEngine(this, TIMEOUT));
    }

    @Override
    public Rows rows() {
      return rows;
    }

    Leases leases() {
      return leases;
    }

    Pool pool() {
      return pool;
    }

    private void stall() {
      stalled = true;
      try {
        Async.<Void, RuntimeException>await(Async.sleepAsync(TIMEOUT.multipliedBy(2)), () -> {});
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      // A stopped process goes on with what it was about to do before it hears anything.
      Thread.interrupted();
      stalled = false;
    }

    @Override
    public <T> List<T> query(String sql, List<?> parameters, Class<T> type) throws Exception {
      if (stalled) {
        throw new IllegalStateException("stopped");
      }
      return rows.query(sql, parameters, type);
    }
  }

  private final History history = new History();
  private final AtomicLong values = new AtomicLong();
  private final AtomicInteger refused = new AtomicInteger();
  private final AtomicInteger stalls = new AtomicInteger();

  Storm() {
    Machines.execute("DROP TABLE IF EXISTS register");
    Machines.execute("CREATE TABLE register (v bigint)");
    Machines.execute("INSERT INTO register VALUES (0)");
  }

  /**
   * Runs it.
   *
   * @param rounds of each holder
   */
  void run(Guard guard, int rounds) throws Exception {
    var holders = new ArrayList<CompletableFuture<Void>>();
    for (int i = 0; i < HOLDERS; i++) {
      var random = new Random(i);
      holders.add(
          Async.runAsync(() ->
              Jdbc.pool(Machines.dataSource(PostgresServer.port()), PoolSettings.ofSize(3))
                  .<Exception>run(pool -> hold(new Machine(pool), guard, rounds, random))));
    }
    CompletableFuture.allOf(holders.toArray(CompletableFuture[]::new)).get(19, TimeUnit.MINUTES);
  }

  private void hold(Machine machine, Guard guard, int rounds, Random random)
      throws InterruptedException {
    for (int round = 0; round < rounds; round++) {
      try {
        guard.hold(machine, (token, transaction) -> step(machine, token, transaction, random));
      } catch (InterruptedException e) {
        throw e;
      } catch (Exception lost) {
        // The lease was lost, as it should be, or a statement was cancelled by that.
        refused.incrementAndGet();
      }
      Thread.interrupted();
    }
  }

  private void step(
      Machine machine, long token, AsyncContextManager<Connection> transaction, Random random)
      throws Exception {
    maybeStall(machine, random);
    Step[] done = new Step[1];
    try {
      transaction.<SQLException>run(connection -> {
        long read = ask(connection);
        maybeStall(machine, random);
        long value = values.incrementAndGet();
        done[0] = new Step(token, read, value, End.UNKNOWN);
        try (var statement = connection.createStatement()) {
          statement.execute("UPDATE register SET v = " + value);
        }
      });
    } catch (SQLException | RuntimeException failure) {
      if (done[0] != null) {
        history.add(done[0]);
      }
      throw failure;
    }
    history.add(new Step(token, done[0].read(), done[0].wrote(), End.COMMITTED));
  }

  private void maybeStall(Machine machine, Random random) {
    if (random.nextInt(5) == 0) {
      stalls.incrementAndGet();
      machine.stall();
    }
  }

  private static long ask(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var answer = statement.executeQuery("SELECT v FROM register")) {
      answer.next();
      return answer.getLong(1);
    }
  }

  /** {@return how many committed updates are lost} Keeps the history, and prints what happened. */
  int lost(String name) throws Exception {
    long last = Machines.ask("SELECT v FROM register");
    history.keep(name, last);
    int lost = history.lost(last).size();
    System.out.printf(
        "%s: %d stalls, %d transactions, %d lost updates, %d refused%n",
        name, stalls.get(), history.size(), lost, refused.get());
    return lost;
  }

  int stalls() {
    return stalls.get();
  }

  boolean isInTheOrderOfTokens() {
    return history.isInTheOrderOfTokens(Machines.ask("SELECT v FROM register"));
  }
}
