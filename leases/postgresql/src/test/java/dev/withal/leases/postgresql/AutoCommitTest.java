package dev.withal.leases.postgresql;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.withal.Async;
import dev.withal.database.testing.PostgresServer;
import dev.withal.jdbc.Jdbc;
import dev.withal.leases.Lease;
import dev.withal.leases.Leases;
import dev.withal.r2dbc.R2dbc;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** A pool on whose connections nothing is committed, so that two would hold the same lease. */
class AutoCommitTest {
  private static void assertRefused(ThrowingCallable enter) {
    assertThatThrownBy(enter)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "leases need connections in auto-commit mode, as each of their statements is a"
                + " transaction of its own: don't turn it off in the data source or a hook of the"
                + " pool");
  }

  @Test
  void lease_byJdbcWithoutAutoCommit_isRefused() throws Exception {
    var settings =
        dev.withal.jdbc.PoolSettings.ofSize(2)
            .withHooks(
                dev.withal.jdbc.PoolHooks.NONE.onLend(
                    connection -> connection.setAutoCommit(false)));

    Jdbc.pool(Machines.dataSource(PostgresServer.port()), settings)
        .<Exception>run(pool -> {
          Leases leases = JdbcLeases.over(pool);
          assertRefused(() -> leases.lease("uncommitted").run(Lease::token));
        });
  }

  @Test
  void lease_byR2dbcWithoutAutoCommit_isRefused() throws Exception {
    String url = "r2dbc:postgresql://postgres@localhost:" + PostgresServer.port() + "/postgres";
    var settings =
        dev.withal.r2dbc.PoolSettings.ofSize(2)
            .withHooks(
                dev.withal.r2dbc.PoolHooks.NONE.onLend(
                    connection -> Mono.from(connection.setAutoCommit(false)).toFuture()));

    R2dbc.pool(url, settings)
        .<Exception>run(pool -> {
          Leases leases = R2dbcLeases.over(pool);
          assertRefused(() ->
              Async.await(
                  leases
                      .lease("uncommitted")
                      .useAsync(_ -> Async.sleepAsync(java.time.Duration.ZERO))));
        });
  }
}
