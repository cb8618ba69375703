package dev.withal.r2dbc;

import static java.time.temporal.ChronoUnit.MILLIS;

import dev.withal.database.Bounds;
import dev.withal.database.internal.Bound;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.R2dbcTransientResourceException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Opens a connection in time.
 *
 * <p>Design: a driver can't be asked to stop while it opens one: see {@link Arrival}. So past the
 * bound nobody waits any more, and a connection that comes after all is closed.
 *
 * @param factory where connections come from
 * @param secrets what is kept out of its errors
 * @param bounds how long it may keep somebody waiting
 */
record Opening(ConnectionFactory factory, Secrets secrets, Bounds bounds) {

  /**
   * {@return a future of a new connection}
   *
   * @param name what the factory is called in messages
   * @param limit how long it may take
   */
  CompletableFuture<Connection> open(String name, Duration limit) {
    CompletableFuture<Connection> arrival =
        Arrival.from(factory, name, secrets).toCompletableFuture();
    if (arrival.isDone()) {
      return arrival;
    }
    var told = new CompletableFuture<Connection>();
    arrival.whenComplete((connection, error) -> {
      if (error != null) {
        told.completeExceptionally(Failure.unwrapped(error));
      } else if (!told.complete(connection)) {
        new PhysicalConnection(connection, bounds).closeAside(bounds.cancel());
      }
    });
    Bound.on(
        told,
        limit,
        () ->
            told.completeExceptionally(
                new R2dbcTransientResourceException(
                    "the database didn't open a connection within " + limit.truncatedTo(MILLIS),
                    "08001")));
    return told;
  }
}
