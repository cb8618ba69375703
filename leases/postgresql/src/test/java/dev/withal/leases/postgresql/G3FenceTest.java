package dev.withal.leases.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.withal.Async;
import dev.withal.AsyncContextManager;
import dev.withal.leases.Lease;
import dev.withal.leases.LeaseLostException;
import dev.withal.r2dbc.R2dbc;
import java.sql.Connection;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * G3: a fenced transaction commits only if the lease is held at the fence, and nobody is granted
 * the lease between the fence and the commit.
 */
class G3FenceTest {
  /** Long, so that no lease is lost by the slowness of this machine. */
  private static final Duration LONG = Duration.ofMinutes(2);

  @BeforeEach
  void table() {
    Machines.execute("DROP TABLE IF EXISTS account");
    Machines.execute("CREATE TABLE account (v bigint)");
    Machines.execute("INSERT INTO account VALUES (0)");
  }

  private static void expireOnTheServer(String name) {
    Machines.execute(
        "UPDATE withal_lease SET until = clock_timestamp() WHERE name = '" + name + "'");
  }

  private static void set(Connection connection, long value) throws Exception {
    try (var statement = connection.createStatement()) {
      statement.execute("UPDATE account SET v = " + value);
    }
  }

  @Test
  void lease_isHeld_jdbcTransactionCommits() throws Exception {
    Machines.jdbc(LONG)
        .run(a ->
            a.leases()
                .lease("held")
                .run(lease ->
                    JdbcLeases.fenced(a.pool().transaction(), lease)
                        .<Exception>run(connection -> set(connection, 1))));

    assertThat(Machines.ask("SELECT v FROM account")).isEqualTo(1);
  }

  @Test
  void lease_isHeld_r2dbcTransactionCommits() throws Exception {
    Machines.r2dbc(LONG)
        .run(a ->
            a.leases()
                .lease("held by r2dbc")
                .run(lease ->
                    R2dbcLeases.fenced(a.pool().transaction(), lease)
                        .useAsync(connection ->
                            R2dbc.completion(
                                connection.createStatement("UPDATE account SET v = 2").execute()))
                        .get(20, TimeUnit.SECONDS)));

    assertThat(Machines.ask("SELECT v FROM account")).isEqualTo(2);
  }

  /** The holder doesn't know: its own clock says that there is time left. */
  @Test
  void lease_isOverByTheServersClock_jdbcTransactionIsRefused() throws Exception {
    Machines.jdbc(LONG)
        .run(a ->
            assertThatThrownBy(() ->
                    a.leases()
                        .lease("over")
                        .run(lease -> {
                          expireOnTheServer("over");
                          JdbcLeases.fenced(a.pool().transaction(), lease)
                              .<Exception>run(connection -> set(connection, 1));
                        }))
                .isInstanceOf(LeaseLostException.class)
                .hasMessageContaining("lease over is lost")
                .hasMessageContaining("nothing is committed"));

    assertThat(Machines.ask("SELECT v FROM account")).isZero();
  }

  @Test
  void lease_isOverByTheServersClock_r2dbcTransactionIsRefused() throws Exception {
    Machines.r2dbc(LONG)
        .run(a ->
            assertThatThrownBy(() ->
                    a.leases()
                        .lease("over by r2dbc")
                        .run(lease -> {
                          expireOnTheServer("over by r2dbc");
                          Async.await(
                              R2dbcLeases.fenced(a.pool().transaction(), lease)
                                  .useAsync(connection ->
                                      R2dbc.completion(
                                          connection
                                              .createStatement("UPDATE account SET v = 2")
                                              .execute())));
                        }))
                .isInstanceOf(LeaseLostException.class)
                .hasMessageContaining("nothing is committed"));

    assertThat(Machines.ask("SELECT v FROM account")).isZero();
  }

  /** The lease is over after the fence; the next holder has it once the transaction has ended. */
  @Test
  void lease_endsAfterTheFence_nobodyGetsItBeforeTheCommit() throws Exception {
    Machines.two(LONG)
        .run(two -> {
          AsyncContextManager<Lease> next = two.b().leases().lease("slow");
          var granted = new CompletableFuture<Long>();
          two.a()
              .leases()
              .lease("slow")
              .run(lease -> {
                CompletableFuture<Void> waiter =
                    next.useAsync(other -> {
                      granted.complete(Machines.ask("SELECT v FROM account"));
                      return CompletableFuture.<Void>completedFuture(null);
                    });
                JdbcLeases.fenced(two.a().pool().transaction(), lease)
                    .<Exception>run(connection -> {
                      expireOnTheServer("slow");
                      Async.sleep(Duration.ofMillis(500));
                      assertThat(granted).isNotDone();
                      set(connection, 7);
                    });
                Async.await(waiter);
              });

          assertThat(granted.get(20, TimeUnit.SECONDS)).isEqualTo(7);
        });
  }

  /** Renewing it doesn't wait for the transaction, however long that takes. */
  @Test
  void transaction_isUnderWay_leaseIsRenewedAllTheSame() throws Exception {
    String end =
        "SELECT (extract(epoch FROM until) * 1000)::bigint FROM withal_lease"
            + " WHERE name = 'long transaction'";
    Machines.jdbc(Duration.ofSeconds(8))
        .run(a ->
            a.leases()
                .lease("long transaction")
                .run(lease ->
                    JdbcLeases.fenced(a.pool().transaction(), lease)
                        .<Exception>run(connection -> {
                          long before = Machines.ask(end);
                          Machines.until(() -> Machines.ask(end) > before);
                          set(connection, 3);
                        })));

    assertThat(Machines.ask("SELECT v FROM account")).isEqualTo(3);
  }

  @Test
  void lease_isLostInTheTransaction_isRolledBack() throws Exception {
    Machines.jdbc(Duration.ofSeconds(1))
        .run(a ->
            assertThatThrownBy(() ->
                    a.leases()
                        .lease("lost inside")
                        .run(lease ->
                            JdbcLeases.fenced(a.pool().transaction(), lease)
                                .<Exception>run(connection -> {
                                  set(connection, 4);
                                  expireOnTheServer("lost inside");
                                  Async.sleep(Duration.ofSeconds(20));
                                })))
                .isInstanceOf(LeaseLostException.class));

    assertThat(Machines.ask("SELECT v FROM account")).isZero();
  }

  @Test
  void lease_isAnotherEngines_isRefused() throws Exception {
    Machines.jdbc(LONG)
        .run(a ->
            assertThatThrownBy(() -> JdbcLeases.fenced(a.pool().transaction(), new Foreign()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("isn't kept in PostgreSQL"));
  }

  /** A lease of somebody else's. */
  private static final class Foreign implements Lease {
    @Override
    public String name() {
      return "foreign";
    }

    @Override
    public long token() {
      return 1;
    }

    @Override
    public Duration remaining() {
      return LONG;
    }
  }
}
