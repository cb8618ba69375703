package dev.withal.leases.postgresql;

import dev.withal.Async;
import dev.withal.AsyncContextManager;
import dev.withal.leases.Lease;
import dev.withal.leases.Leases;
import dev.withal.leases.internal.EngineLeases;
import dev.withal.testkit.Gate;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.ManagerLaws;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The law suite on leases in PostgreSQL: taken rows are held. */
@ExtendWith(LeakCheck.class)
class RowLawsTest {
  private static final Duration LONG = Duration.ofMinutes(2);

  private final Set<Object> held = ConcurrentHashMap.newKeySet();
  private final AtomicInteger names = new AtomicInteger();

  @Test
  @Tag("stress")
  @Timeout(300)
  void lease_byJdbc_keepsTheLaws() throws Exception {
    Machines.jdbc(LONG).run(a -> check(JdbcLeases.rows(a.pool())));
  }

  @Test
  @Tag("stress")
  @Timeout(300)
  void lease_byR2dbc_keepsTheLaws() throws Exception {
    Machines.r2dbc(LONG).run(a -> check(R2dbcLeases.rows(a.pool())));
  }

  private void check(Rows rows) throws InterruptedException {
    ManagerLaws.of(gate -> anyOf(new EngineLeases(new RowEngine(new Gated(gate, rows), LONG))))
        .holding(held::size)
        .concurrently(20)
        .inRealTime()
        .check();
  }

  /** A lease isn't reentrant, and the suite enters managers inside one another. */
  private AsyncContextManager<Lease> anyOf(Leases leases) {
    return () -> leases.lease("laws " + names.incrementAndGet()).enterAsync();
  }

  /** Coming and freeing wait at a gate; freeing has its effect also if that fails. */
  private final class Gated implements Rows {
    private final Gate gate;
    private final Rows rows;

    Gated(Gate gate, Rows rows) {
      this.gate = gate;
      this.rows = rows;
    }

    @Override
    public <T> List<T> query(String sql, List<?> parameters, Class<T> type) throws Exception {
      List<T> token = rows.query(sql, parameters, type);
      if (sql.equals(Sql.TAKE) && !token.isEmpty()) {
        held.add(parameters.getLast());
      }
      return token;
    }

    @Override
    public void update(String sql, List<?> parameters) throws Exception {
      switch (sql) {
        case Sql.ROW -> {
          Async.await(gate.step("come"));
          rows.update(sql, parameters);
        }
        case Sql.FREE -> {
          try {
            Async.await(gate.step("free"));
          } finally {
            rows.update(sql, parameters);
            held.removeAll(List.of((String[]) parameters.getFirst()));
          }
        }
        case Sql.FREE_UNHEARD -> {
          rows.update(sql, parameters);
          held.remove(parameters.getFirst());
        }
        default -> rows.update(sql, parameters);
      }
    }

    @Override
    public boolean isNoTable(Exception failure) {
      return rows.isNoTable(failure);
    }
  }
}
