package dev.withal.leases.postgresql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.Async;
import dev.withal.AsyncContextManager;
import dev.withal.database.testing.PostgresServer;
import dev.withal.jdbc.Jdbc;
import dev.withal.jdbc.Pool;
import dev.withal.jdbc.PoolSettings;
import dev.withal.leases.Lease;
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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * G3 in a storm: holders on machines of their own read a register and write it, and stall at any
 * moment: they prove nothing, and take no notice of being told, as if their process was stopped.
 */
class FenceStormTest {
  /** The shortest there is. */
  private static final Duration TIMEOUT = Duration.ofMillis(200);

  private static final int HOLDERS = 8;

  /** Rounds of each, enough for a thousand stalls. */
  private static final int MANY = 400;

  /** What protects the register. */
  private enum Guard {
    LEASE,
    FENCE
  }

  /** A machine whose proofs can stall. */
  private static final class Machine implements Rows {
    private final Pool pool;
    private final Rows rows;
    private final Duration timeout;
    private volatile boolean stalled;

    Machine(Pool pool, Duration timeout) {
      this.pool = pool;
      this.timeout = timeout;
      this.rows = JdbcLeases.rows(pool);
    }

    Leases leases() {
      return new EngineLeases(new RowEngine(this, timeout));
    }

    void stall() {
      stalled = true;
      try {
        Async.<Void, RuntimeException>await(Async.sleepAsync(timeout.multipliedBy(2)), () -> {});
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

    @Override
    public void update(String sql, List<?> parameters) throws Exception {
      rows.update(sql, parameters);
    }

    @Override
    public boolean isNoTable(Exception failure) {
      return rows.isNoTable(failure);
    }
  }

  private final History history = new History();
  private final AtomicLong values = new AtomicLong();
  private final AtomicInteger refused = new AtomicInteger();
  private final AtomicInteger stalls = new AtomicInteger();

  @BeforeEach
  void register() {
    Machines.execute("DROP TABLE IF EXISTS register");
    Machines.execute("CREATE TABLE register (v bigint)");
    Machines.execute("INSERT INTO register VALUES (0)");
  }

  private void storm(Guard guard, int rounds, Duration timeout) throws Exception {
    var holders = new ArrayList<CompletableFuture<Void>>();
    for (int i = 0; i < HOLDERS; i++) {
      var random = new Random(i);
      holders.add(
          Async.runAsync(() ->
              Jdbc.pool(Machines.dataSource(PostgresServer.port()), PoolSettings.ofSize(3))
                  .<Exception>run(
                      pool -> hold(new Machine(pool, timeout), guard, rounds, random))));
    }
    CompletableFuture.allOf(holders.toArray(CompletableFuture[]::new)).get(19, TimeUnit.MINUTES);
  }

  private void hold(Machine machine, Guard guard, int rounds, Random random)
      throws InterruptedException {
    Leases leases = machine.leases();
    for (int round = 0; round < rounds; round++) {
      try {
        leases.lease("storm").<Exception>run(lease -> step(machine, guard, lease, random));
      } catch (InterruptedException e) {
        throw e;
      } catch (Exception lost) {
        // The lease was lost, as it should be, or a statement was cancelled by that.
        refused.incrementAndGet();
      }
      Thread.interrupted();
    }
  }

  private void step(Machine machine, Guard guard, Lease lease, Random random) throws Exception {
    long token = lease.token();
    maybeStall(machine, random);
    AsyncContextManager<Connection> plain = machine.pool.transaction();
    AsyncContextManager<Connection> transaction =
        guard == Guard.FENCE ? JdbcLeases.fenced(plain, lease) : plain;
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

  private int lost(String name) throws Exception {
    long last = Machines.ask("SELECT v FROM register");
    history.keep(name, last);
    int lost = history.lost(last).size();
    System.out.printf(
        "%s: %d stalls, %d transactions, %d lost updates, %d refused%n",
        name, stalls.get(), history.size(), lost, refused.get());
    return lost;
  }

  @Test
  @Timeout(600)
  void fenced_holdersStall_noUpdateIsLost() throws Exception {
    storm(Guard.FENCE, 4, TIMEOUT);

    assertThat(lost("fenced")).isZero();
    assertThat(history.isInTheOrderOfTokens(Machines.ask("SELECT v FROM register"))).isTrue();
  }

  /** Without the fence, the same storm loses updates; so it would be seen. */
  @Test
  @Timeout(600)
  void leaseAlone_holdersStall_updatesAreLost() throws Exception {
    storm(Guard.LEASE, 4, TIMEOUT);

    assertThat(lost("lease alone")).isPositive();
  }

  @Test
  @Tag("stress")
  @Timeout(1200)
  void fenced_thousandStalls_noUpdateIsLost() throws Exception {
    storm(Guard.FENCE, MANY, TIMEOUT);

    assertThat(lost("fenced, long")).isZero();
    assertThat(history.isInTheOrderOfTokens(Machines.ask("SELECT v FROM register"))).isTrue();
    assertThat(stalls).hasValueGreaterThanOrEqualTo(1000);
  }

  /** What the fence is measured by. */
  @Test
  @Tag("stress")
  @Timeout(1200)
  void leaseAlone_thousandStalls_updatesAreLost() throws Exception {
    storm(Guard.LEASE, MANY, TIMEOUT);

    assertThat(lost("lease alone, long")).isPositive();
    assertThat(stalls).hasValueGreaterThanOrEqualTo(1000);
  }
}
