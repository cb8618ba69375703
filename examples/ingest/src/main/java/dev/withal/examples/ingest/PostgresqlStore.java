package dev.withal.examples.ingest;

import dev.withal.AsyncExitStack;
import dev.withal.leases.postgresql.R2dbcLeases;
import dev.withal.r2dbc.Pool;
import dev.withal.r2dbc.PoolSettings;
import dev.withal.r2dbc.R2dbc;
import io.r2dbc.spi.ConnectionFactoryOptions;
import io.r2dbc.spi.R2dbcException;
import java.time.Duration;
import java.util.List;

/**
 * Leases in PostgreSQL.
 *
 * @param url the URL of its database, for R2DBC
 */
record PostgresqlStore(String url) implements LeaseStore {
  static final String FORM = POSTGRESQL + "user:password@host:port/database";

  /** A record's own text would show the password. */
  @Override
  public String toString() {
    return "PostgreSQL";
  }

  static PostgresqlStore at(String url) throws LoadException {
    String ofR2dbc = "r2dbc:" + url;
    if (!isComplete(ofR2dbc)) {
      throw new LoadException("the address in --exclusive is malformed: its form is " + FORM);
    }
    return new PostgresqlStore(ofR2dbc);
  }

  private static boolean isComplete(String url) {
    try {
      var options = ConnectionFactoryOptions.parse(url);
      return List.of(
              ConnectionFactoryOptions.USER,
              ConnectionFactoryOptions.HOST,
              ConnectionFactoryOptions.DATABASE)
          .stream()
          .allMatch(options::hasOption);
    } catch (IllegalArgumentException malformed) {
      return false;
    }
  }

  @Override
  public Opened open(AsyncExitStack stack, Duration timeout)
      throws LoadException, InterruptedException {
    try {
      // One connection for what is asked, one for what is kept.
      Pool pool = stack.enter(R2dbc.pool(url, PoolSettings.ofSize(2)).named("pool of leases"));
      pool.connection("leases").run(_ -> {});
      return new Opened(R2dbcLeases.over(pool, timeout), pool);
    } catch (R2dbcException refused) {
      throw new LoadException(
          "the database in --exclusive can't be used: " + Messages.ofDatabase(refused), refused);
    }
  }
}
