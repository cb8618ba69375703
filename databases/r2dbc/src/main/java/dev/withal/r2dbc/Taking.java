package dev.withal.r2dbc;

import dev.withal.AsyncContext;
import dev.withal.database.PoolListener;
import dev.withal.database.internal.Bound;
import dev.withal.database.internal.Kept.Age;
import dev.withal.database.internal.Place;
import dev.withal.database.internal.Shelf;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.R2dbcNonTransientResourceException;
import io.r2dbc.spi.ValidationDepth;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One enter of the holder of a place: a connection is taken from the pool's shelf, or opened.
 *
 * <p>Design: giving up while it is under way doesn't cancel it, and the place is kept until it has
 * ended, which its bounds guarantee. If an idle connection is silent, the others aren't asked: they
 * would be just as silent, one after the other.
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
   * {@return a stage of a connection, which leaves its place when it comes back or can't be had}
   *
   * @param context the name of the context, for messages
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

  /** {@return a bound, or what is left of the enter's own time if that is shorter} */
  private Duration within(Duration bound) {
    return Bound.shorter(bound, left());
  }

  private void takeKept() {
    PhysicalConnection kept = shelf.take(ignored -> true);
    if (kept == null) {
      open();
      return;
    }
    // Half of the time is left for opening another one.
    Duration limit = Bound.shorter(settings.bounds().validate(), left().dividedBy(2));
    kept.isValid(settings.validation(), limit)
        .whenComplete((valid, error) -> {
          if (error == null && valid) {
            lend(
                kept,
                failure -> {
                  pool.hooked().log("onLend", failure);
                  another(kept);
                });
          } else {
            another(kept);
          }
        });
  }

  private void another(PhysicalConnection before) {
    boolean silent = before.isAborted();
    before.closeAside(settings.bounds().cancel());
    if (silent) {
      open();
    } else {
      takeKept();
    }
  }

  private void open() {
    var began = new Age();
    pool.opening()
        .open(context, within(settings.bounds().connect()))
        .whenComplete((connection, error) -> {
          if (error == null) {
            Duration took = began.ofAll();
            pool.places().listeners().tell(listener -> listener.opened(took));
            arrived(new PhysicalConnection(connection, settings.bounds()));
          } else {
            if (Failure.unwrapped(error) instanceof Opening.TooLate) {
              pool.places().listeners().tell(PoolListener::timedOut);
            }
            failed(Failure.unwrapped(error));
          }
        });
  }

  private void arrived(PhysicalConnection opened) {
    try {
      KnownPools.refuse(opened.unwrap());
      look(opened);
    } catch (Throwable error) {
      thrownAway(opened, error);
    }
  }

  private void look(PhysicalConnection opened) {
    if (settings.validation() == ValidationDepth.LOCAL) {
      begin(opened);
      return;
    }
    opened
        .isValid(settings.validation(), within(settings.bounds().validate()))
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
    inTime(
        opened,
        known,
        failure -> thrownAway(opened, failure),
        () ->
            inTime(
                opened,
                pool.hooked().opened(opened),
                failure -> thrownAway(opened, failure),
                () -> lend(opened, failure -> thrownAway(opened, failure))));
  }

  private void lend(PhysicalConnection physical, Consumer<Throwable> failed) {
    inTime(
        physical,
        physical.lent(),
        failure -> thrownAway(physical, failure),
        () ->
            inTime(
                physical,
                pool.hooked().lends(physical),
                failed,
                () -> {
                  physical.lentTo(place);
                  place.lent();
                  result.complete(
                      new Lease(physical, context, pool.hooked(), shelf::put, place::leave));
                }));
  }

  /** Continues when a step on a connection has ended. */
  private void inTime(
      PhysicalConnection physical,
      CompletableFuture<@Nullable Void> step,
      Consumer<Throwable> failed,
      Runnable next) {
    Bound.within(
            within(settings.bounds().connect()),
            step,
            physical::abort,
            PhysicalConnection::closedByForce)
        .whenComplete((ignored, error) -> {
          if (error == null) {
            next.run();
          } else {
            failed.accept(Failure.unwrapped(error));
          }
        });
  }

  private void thrownAway(PhysicalConnection physical, Throwable error) {
    physical.closeAside(settings.bounds().cancel());
    failed(error);
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
