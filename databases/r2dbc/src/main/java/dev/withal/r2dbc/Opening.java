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
 * Opens a connection within a bound.
 *
 * <p>Design: a driver can't be asked to stop opening a connection: see {@link Arrival}. So past the
 * bound nobody waits any more, and a connection that arrives later is closed.
 *
 * @param factory the source of connections
 * @param secrets the secrets to keep out of its errors
 * @param bounds how long the factory may make a caller wait
 */
record Opening(ConnectionFactory factory, Secrets secrets, Bounds bounds) {

  /**
   * {@return a future of a new connection}
   *
   * @param name the factory's name, for messages
   * @param limit how long opening may take
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
                new TooLate(
                    "the database didn't open a connection within " + limit.truncatedTo(MILLIS))));
    return told;
  }

  /** No connection arrived in time. */
  static final class TooLate extends R2dbcTransientResourceException {
    private static final long serialVersionUID = 1;

    private TooLate(String message) {
      super(message, "08001");
    }
  }
}
