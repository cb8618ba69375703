package dev.withal.leases.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.withal.Async;
import dev.withal.database.testing.DroppingProxy;
import dev.withal.database.testing.PostgresServer;
import dev.withal.jdbc.Jdbc;
import dev.withal.leases.Lease;
import dev.withal.leases.LeaseLostException;
import dev.withal.leases.Leases;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** G1, G2, G4 and G5 where leases are rows. */
class RowLeasesTest {
  private static final Duration LONG = Duration.ofMinutes(2);

  private static long until(String name) {
    return Machines.ask(
        "SELECT count(*) FROM withal_lease WHERE name = '"
            + name
            + "' AND until > clock_timestamp()");
  }

  @Test
  void g2_tokens_increaseOverBothDrivers() throws Exception {
    var tokens = new ArrayList<Long>();
    Machines.jdbc(LONG)
        .run(a ->
            Machines.r2dbc(LONG)
                .run(b -> {
                  for (Leases leases : List.of(a.leases(), b.leases(), a.leases())) {
                    leases.lease("tokens").run(lease -> tokens.add(lease.token()));
                  }
                }));

    assertThat(tokens).isSorted().doesNotHaveDuplicates().hasSize(3);
  }

  @Test
  void g1_holder_isCutOff_isToldBeforeTheNextOneHasIt() throws Exception {
    Duration timeout = Duration.ofSeconds(3);
    try (var proxy = new DroppingProxy(PostgresServer.port())) {
      var told = new CompletableFuture<Long>();
      CompletableFuture<Void> holder =
          Async.runAsync(() ->
              Machines.jdbc(proxy.port(), timeout)
                  .run(a -> {
                    try {
                      a.leases()
                          .lease("partition")
                          .run(lease -> {
                            proxy.drop();
                            try {
                              Async.sleep(Duration.ofSeconds(25));
                            } catch (InterruptedException loss) {
                              told.complete(System.nanoTime());
                              throw loss;
                            }
                          });
                    } catch (LeaseLostException lost) {
                      proxy.heal();
                    }
                  }));
      Machines.until(() -> until("partition") == 1);

      long next =
          Machines.jdbc(timeout)
              .<Long, Exception>use(
                  b -> b.leases().lease("partition").use(lease -> System.nanoTime()));

      assertThat(Duration.ofNanos(next - told.get(25, TimeUnit.SECONDS))).isPositive();
      holder.get(25, TimeUnit.SECONDS);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "a/b//c", "..", "ä€😀", "%2F", "it's"})
  void name_isOfAnyKind_isOneLease(String name) throws Exception {
    Machines.two(LONG)
        .run(two ->
            two.a()
                .leases()
                .lease(name)
                .run(lease ->
                    assertThatThrownBy(() ->
                            two.b()
                                .leases()
                                .lease(name)
                                .enterTimeout(Duration.ofMillis(300))
                                .run(other -> {}))
                        .isInstanceOf(TimeoutException.class)));
  }

  @Test
  void names_ofAThousandCharacters_areTwoLeases() throws Exception {
    String one = "😀".repeat(499) + "aa";
    String two = "😀".repeat(499) + "ab";

    Machines.jdbc(LONG)
        .run(a -> a.leases().lease(one).run(lease -> a.leases().lease(two).run(Lease::token)));
  }

  @Test
  void g5_enter_isGivenUp_rowIsFreeOnceTheHolderHasLeft() throws Exception {
    Machines.two(LONG)
        .run(two -> {
          two.a()
              .leases()
              .lease("given up")
              .run(lease -> {
                CompletableFuture<String> waiter =
                    two.b()
                        .leases()
                        .lease("given up")
                        .useAsync(other -> CompletableFuture.completedFuture("had it"));
                Async.sleep(Duration.ofMillis(300));
                waiter.cancel(false);
                assertThatThrownBy(() -> waiter.get(20, TimeUnit.SECONDS))
                    .isInstanceOf(java.util.concurrent.CancellationException.class);
              });

          assertThat(until("given up")).isZero();
        });
  }

  /** The server grants it, and its answer is lost. */
  @Test
  void g5_grant_isNotHeardOf_isGivenBack() throws Exception {
    Machines.jdbc(LONG).run(a -> a.leases().lease("unheard").run(Lease::token));
    try (var proxy = new DroppingProxy(PostgresServer.port())) {
      var hold = proxy.hold("SKIP LOCKED");
      Machines.jdbc(proxy.port(), Duration.ofSeconds(8))
          .run(a -> {
            CompletableFuture<String> enter =
                a.leases()
                    .lease("unheard")
                    .grace(Duration.ofSeconds(20))
                    .useAsync(lease -> CompletableFuture.completedFuture("had it"));
            hold.reached().get(20, TimeUnit.SECONDS);
            enter.cancel(false);
            hold.letGo();
            assertThatThrownBy(() -> enter.get(25, TimeUnit.SECONDS))
                .isInstanceOf(java.util.concurrent.CancellationException.class);
          });
    }

    assertThat(until("unheard")).isZero();
  }

  @Test
  void g4_row_isTakenAway_bodyIsAskedToEnd() throws Exception {
    Machines.jdbc(Duration.ofSeconds(2))
        .run(a ->
            assertThatThrownBy(() ->
                    a.leases()
                        .lease("taken away")
                        .run(lease -> {
                          Machines.execute(
                              "UPDATE withal_lease SET token = token + 1 WHERE name = 'taken away'");
                          Async.sleep(Duration.ofSeconds(25));
                        }))
                .isInstanceOf(LeaseLostException.class)
                .hasMessageContaining("PostgreSQL has it no more"));

    assertThat(until("taken away")).isEqualTo(1);
  }

  /** A standby that hasn't heard of the grant grants it anew, with the same token. */
  @Test
  void g4_rowIsGrantedTwiceAfterAFailover_firstHolderIsAskedToEnd() throws Exception {
    Machines.jdbc(Duration.ofSeconds(2))
        .run(a ->
            assertThatThrownBy(() ->
                    a.leases()
                        .lease("failover")
                        .run(lease -> {
                          Machines.execute(
                              "UPDATE withal_lease SET holder = 'other' WHERE name = 'failover'");
                          assertThatThrownBy(() ->
                                  JdbcLeases.fenced(a.pool().transaction(), lease).run(_ -> {}))
                              .isInstanceOf(LeaseLostException.class);
                          Async.sleep(Duration.ofSeconds(25));
                        }))
                .isInstanceOf(LeaseLostException.class));

    assertThat(until("failover")).isEqualTo(1);
  }

  @Test
  void g4_rowIsGrantedTwice_nextProofSaysSo() throws Exception {
    Machines.jdbc(Duration.ofSeconds(2))
        .run(a ->
            assertThatThrownBy(() ->
                    a.leases()
                        .lease("twice")
                        .run(lease -> {
                          Machines.execute(
                              "UPDATE withal_lease SET holder = 'other' WHERE name = 'twice'");
                          Async.sleep(Duration.ofSeconds(25));
                        }))
                .isInstanceOf(LeaseLostException.class)
                .hasMessageContaining("PostgreSQL has it no more"));
  }

  @Test
  void row_isKeptAfterTheExit() throws Exception {
    Machines.jdbc(LONG).run(a -> a.leases().lease("kept row").run(Lease::token));

    assertThat(Machines.ask("SELECT count(*) FROM withal_lease WHERE name = 'kept row'"))
        .isEqualTo(1);
    assertThat(until("kept row")).isZero();
  }

  @Test
  void handover_isQuick() throws Exception {
    Machines.two(LONG)
        .run(two -> {
          var left = new CompletableFuture<Long>();
          CompletableFuture<Long> next = new CompletableFuture<>();
          two.a()
              .leases()
              .lease("handover")
              .run(lease -> {
                two.b()
                    .leases()
                    .lease("handover")
                    .useAsync(other -> {
                      next.complete(System.nanoTime());
                      return next;
                    });
                Async.sleep(Duration.ofMillis(200));
                left.complete(System.nanoTime());
              });

          assertThat(Duration.ofNanos(next.get(20, TimeUnit.SECONDS) - left.get()))
              .isLessThan(Duration.ofSeconds(2));
        });
  }

  @Test
  void database_isNotThere_enterFailsAndTellsNoSecret() throws Exception {
    var nobody =
        (org.postgresql.ds.PGSimpleDataSource) Machines.dataSource(PostgresServer.portOfNobody());
    nobody.setPassword("s3cret");
    var settings = dev.withal.jdbc.PoolSettings.ofSize(1).withEnterTimeout(Duration.ofMillis(300));

    Jdbc.pool(nobody, settings)
        .<Exception>run(pool ->
            assertThatThrownBy(() -> JdbcLeases.over(pool).lease("x").run(Lease::token))
                .isInstanceOf(java.sql.SQLException.class)
                .satisfies(error ->
                    assertThat(
                            new java.io.StringWriter() {
                              {
                                error.printStackTrace(new java.io.PrintWriter(this));
                              }
                            }.toString())
                        .doesNotContain("s3cret")));
  }

  @Test
  void timeout_isTooShort_isRefused() throws Exception {
    Machines.jdbc(LONG)
        .run(a ->
            assertThatThrownBy(() -> JdbcLeases.over(a.pool(), Duration.ofMillis(100)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the timeout of leases must be at least PT0.2S, but is PT0.1S"));
  }
}
