package dev.withal.r2dbc;

import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.Wrapped;
import org.jspecify.annotations.Nullable;

/**
 * Recognizes factories that are pools, so that no pool is put on top of another one.
 *
 * <p>Design: with two pools, the outer one never holds the real connection: the inner one's
 * validation, ages and reset become meaningless, and callers wait in a queue in which a
 * cancellation may lose a connection. r2dbc-pool is recognized by the names of its classes, so that
 * it isn't a dependency. If a factory doesn't reveal it, the first connection does.
 */
final class KnownPools {
  private static final String PACKAGE = "io.r2dbc.pool.";
  private static final String OWN = BorrowingConnectionFactory.class.getName();

  /** The number of layers that are looked through, as a wrapper may wrap itself. */
  private static final int DEEPEST = 10;

  private KnownPools() {}

  /**
   * Refuses a factory that is a pool, or says that it wraps one.
   *
   * @throws IllegalArgumentException if the factory is or wraps a pool
   */
  static void refuse(ConnectionFactory factory) {
    String pool = poolOf(factory);
    if (pool != null) {
      throw new IllegalArgumentException(why(pool));
    }
  }

  /**
   * Refuses a connection that a pool has lent; it stays open.
   *
   * @throws IllegalStateException if a pool has lent the connection
   */
  static void refuse(Connection connection) {
    String pool = poolOf(connection);
    if (pool != null) {
      throw new IllegalStateException(why(pool));
    }
  }

  private static @Nullable String poolOf(Object given) {
    Object at = given;
    for (int depth = 0; depth < DEEPEST && at != null; depth++) {
      String name = at.getClass().getName();
      if (at instanceof ForwardingConnection || name.equals(OWN)) {
        return "another pool of withal-r2dbc";
      }
      if (name.startsWith(PACKAGE)) {
        return name;
      }
      at = at instanceof Wrapped<?> wrapped ? wrapped.unwrap() : null;
    }
    return null;
  }

  private static String why(String pool) {
    return "R2dbc.pool is a pool itself, so it can't be put on top of "
        + pool
        + ": give it the driver's own ConnectionFactory, or use the other pool with"
        + " R2dbc.connection";
  }
}
