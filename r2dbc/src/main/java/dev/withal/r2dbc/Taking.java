package dev.withal.r2dbc;

import dev.withal.AsyncContext;
import dev.withal.database.internal.Bound;
import dev.withal.database.internal.Place;
import dev.withal.database.internal.Shelf;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.R2dbcNonTransientResourceException;
import io.r2dbc.spi.ValidationDepth;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One enter of who has a place in a pool: a connection is taken from its shelf, or opened.
 *
 * <p>Design: who gives up while it is under way doesn't cancel that, and the place is kept until it
 * has ended, which its bounds see to. Where an idle connection is silent the others aren't asked:
 * they would be as silent, one after the other.
 */
final class Taking {
  private static final Duration SHORTEST_TIMEOUT = Duration.ofMillis(250);

  private final Pool pool;
  private final Shelf<PhysicalConnection> shelf;
  private final PoolSettings settings;
  private final String context;
  private final Place place;
  private final CompletableFuture<AsyncContext<Connection>> result = new CompletableFuture<>();

  private Taking(Pool pool, Shelf<PhysicalConnection> shelf, String context, Place place) {
    this.pool = pool;
    this.shelf = shelf;
    this.settings = pool.settings();
    this.context = context;
    this.place = place;
  }

  /**
   * {@return a stage of a connection, which leaves its place as it comes back or can't be had}
   *
   * @param context who has it, for messages
   */
  static CompletionStage<AsyncContext<Connection>> start(
      Pool pool, Shelf<PhysicalConnection> shelf, String context, Place place) {
    place.handOver();
    var taking = new Taking(pool, shelf, context, place);
    taking.takeKept();
    return Step.readOnly(taking.result);
  }

  private Duration left() {
    Duration left = settings.enterTimeout().minus(place.waited());
    return left.compareTo(SHORTEST_TIMEOUT) < 0 ? SHORTEST_TIMEOUT : left;
  }

  private void takeKept() {
    PhysicalConnection kept = shelf.take(_ -> true);
    if (kept == null) {
      open();
      return;
    }
    // Half of the time is left to open another one.
    Duration limit = Bound.shorter(settings.bounds().validate(), left().dividedBy(2));
    kept.isValid(settings.validation(), limit)
        .whenComplete((valid, error) -> {
          if (error == null && valid) {
            lend(kept);
          } else if (kept.isAborted()) {
            open();
          } else {
            kept.closeAside(settings.bounds().cancel());
            takeKept();
          }
        });
  }

  private void open() {
    pool.opening()
        .open(context, Bound.shorter(settings.bounds().connect(), left()))
        .whenComplete((connection, error) -> {
          if (error == null) {
            look(new PhysicalConnection(connection, settings.bounds()));
          } else {
            failed(Failure.unwrapped(error));
          }
        });
  }

  private void look(PhysicalConnection opened) {
    if (settings.validation() == ValidationDepth.LOCAL) {
      begin(opened);
      return;
    }
    opened
        .isValid(settings.validation(), settings.bounds().validate())
        .whenComplete((valid, error) -> {
          if (error == null && valid) {
            begin(opened);
          } else {
            opened.closeAside(settings.bounds().cancel());
            failed(
                error == null
                    ? new R2dbcNonTransientResourceException(
                        "a new connection isn't valid", "08001")
                    : error);
          }
        });
  }

  private void begin(PhysicalConnection opened) {
    CompletableFuture<@Nullable Void> known;
    try {
      known =
          settings.reset() == PoolSettings.Reset.NEVER ? Failure.none() : opened.session().opened();
    } catch (Throwable error) {
      known = CompletableFuture.failedFuture(error);
    }
    inTime(opened, known, () -> lend(opened));
  }

  private void lend(PhysicalConnection physical) {
    inTime(
        physical,
        physical.lent(),
        () ->
            result.complete(
                new Lease(physical, context, settings.reset(), shelf::put, place::leave)));
  }

  /** Goes on when a step on a connection has ended, or throws the connection away. */
  private void inTime(
      PhysicalConnection physical, CompletableFuture<@Nullable Void> step, Runnable next) {
    Bound.within(
            settings.bounds().connect(), step, physical::abort, PhysicalConnection::closedByForce)
        .whenComplete((_, error) -> {
          if (error == null) {
            next.run();
          } else {
            physical.closeAside(settings.bounds().cancel());
            failed(Failure.unwrapped(error));
          }
        });
  }

  private void failed(Throwable error) {
    place.leave();
    String message = context + " got no connection of " + pool + ": " + error.getMessage();
    result.completeExceptionally(
        error instanceof R2dbcException known
            ? new R2dbcNonTransientResourceException(
                message, known.getSqlState(), known.getErrorCode(), known)
            : new R2dbcNonTransientResourceException(message, error));
  }
}
