package dev.withal.leases.postgresql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.database.testing.PostgresServer;
import dev.withal.jdbc.Jdbc;
import dev.withal.jdbc.Pool;
import dev.withal.jdbc.PoolSettings;
import dev.withal.leases.Lease;
import dev.withal.leases.Leases;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** The code of the guide's page on leases that is about PostgreSQL. */
class PostgresqlGuideTest {
  private final DataSource dataSource = Machines.dataSource(PostgresServer.port());
  private long written;

  private void write(Connection connection) throws SQLException {
    written += connection.getAutoCommit() ? 0 : 1;
  }

  @Test
  void leases_overAPool() throws Exception {
    // @start region="over"
    Jdbc.pool(dataSource, PoolSettings.ofSize(2))
        .run(pool -> {
          Leases leases = JdbcLeases.over(pool);
          leases.lease("nightly").run(lease -> report(lease.token()));
        });
    // @end

    assertThat(written).isPositive();
  }

  private void report(long token) {
    written = token;
  }

  @Test
  void transaction_isFenced() throws Exception {
    Jdbc.pool(dataSource, PoolSettings.ofSize(4))
        .<Exception>run(pool -> fenced(pool, JdbcLeases.over(pool)));

    assertThat(written).isEqualTo(1);
  }

  private void fenced(Pool pool, Leases leases) throws SQLException, InterruptedException {
    // @start region="fenced"
    leases
        .lease("accounts")
        .run((Lease lease) ->
            JdbcLeases.fenced(pool.transaction(), lease)
                .<SQLException>run(connection -> write(connection)));
    // @end
  }
}
