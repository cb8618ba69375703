package dev.withal.examples.recipes;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.CqlSessionBuilder;
import dev.withal.AsyncContextManager;
import java.time.Duration;

/** What Cassandra's driver opens and closes. */
public final class CassandraRecipes {
  private CassandraRecipes() {}

  /**
   * {@return a session}
   *
   * @param builder says how
   * @param patience how long its requests are awaited before they are failed
   */
  public static AsyncContextManager<CqlSession> session(
      CqlSessionBuilder builder, Duration patience) {
    // @start region="session"
    return AsyncContextManager.closing(builder::buildAsync, CqlSession::closeAsync)
        .exitTimeout(patience, CqlSession::forceCloseAsync);
    // @end
  }
}
