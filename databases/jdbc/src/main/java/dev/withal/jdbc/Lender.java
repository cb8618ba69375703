package dev.withal.jdbc;

import dev.withal.database.Bounds;
import dev.withal.database.PoolListener;
import dev.withal.database.internal.Bound;
import dev.withal.database.internal.Kept.Age;
import dev.withal.database.internal.Place;
import dev.withal.database.internal.Places;
import dev.withal.database.internal.Shelf;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Lends connections to the holders of places. */
final class Lender implements Source {
  private static final Duration SHORTEST_TIMEOUT = Duration.ofMillis(250);

  /** As in HikariCP: a connection that was used this recently is lent again without a check. */
  private static final Duration FRESH = Duration.ofMillis(500);

  private final Stock stock;
  private final PoolSettings settings;
  private final String context;
  private final Place place;
  private final Attempts attempts;

  /**
   * The parts of a pool that lending needs.
   *
   * @param name the pool's name, for messages
   */
  record Stock(
      NamelessDataSource dataSource,
      String name,
      PoolSettings settings,
      Places places,
      Shelf<Physical> shelf,
      Pauses pauses,
      Hooked hooked) {}

  Lender(Stock stock, String context, Place place, Attempts attempts) {
    this.stock = stock;
    this.settings = stock.settings();
    this.context = context;
    this.place = place;
    this.attempts = attempts;
  }

  /** Records that another thread may give the connection back. */
  void leftByAnyThread() {
    place.leftByAnyThread();
  }

  @Override
  public void taking() {
    place.handOver();
  }

  @Override
  public void lent() {
    place.lent();
  }

  @Override
  public void exits() {
    place.exits();
  }

  @Override
  public void timedOut() {
    stock.places().listeners().tell(PoolListener::timedOut);
  }

  @Override
  public void ended() {
    place.leave();
  }

  @Override
  public Bounds bounds() {
    return settings.bounds();
  }

  @Override
  public Duration limit() {
    Duration left = settings.enterTimeout().minus(place.waited());
    return left.compareTo(SHORTEST_TIMEOUT) < 0 ? SHORTEST_TIMEOUT : left;
  }

  @Override
  public @Nullable Physical kept(Predicate<Physical> will) {
    return settings.hooks().lend() == null
        ? stock.shelf().take(physical -> isFresh(physical) && will.test(physical))
        : null;
  }

  private boolean isFresh(Physical physical) {
    return settings.validation() != PoolSettings.Validation.ALWAYS
        && physical.age().idle().compareTo(FRESH) < 0;
  }

  @Override
  public Physical get(Time time) throws SQLException {
    Physical physical = null;
    for (boolean silent = false; physical == null && !silent; ) {
      Duration half = time.left().dividedBy(2);
      Physical old = stock.shelf().take(ignored -> true);
      if (old == null) {
        break;
      }
      // Half of the time is left for opening another one.
      physical = validated(old, Bound.shorter(settings.bounds().validate(), half));
      // The others would be just as silent, and asking each of them would take too long.
      silent = old.isAborted();
    }
    return physical == null ? opened(time.left()) : physical;
  }

  @Override
  public CompletableFuture<Boolean> pause(Duration time) {
    return attempts.pause(time);
  }

  private @Nullable Physical validated(Physical old, Duration limit) {
    try {
      if ((isFresh(old) || old.isValid(limit)) && stock.hooked().lends(old, limit)) {
        return old;
      }
    } catch (Throwable ignored) {
      // It isn't valid, and another one will be tried.
    }
    old.closeAside(settings.bounds().cancel());
    return null;
  }

  private Physical opened(Duration limit) throws SQLException {
    var began = new Age();
    Connection made = stock.dataSource().attempt();
    if (made == null) {
      throw stock.dataSource().gaveNull();
    }
    var physical = new Physical(made);
    try {
      KnownPools.refuse(made);
      physical.opened();
      if (settings.validation() == PoolSettings.Validation.ALWAYS
          && !physical.isValid(settings.bounds().validate())) {
        throw new SQLTransientConnectionException("a new connection isn't valid", "08001");
      }
      stock.hooked().opened(physical, limit);
      Duration took = began.ofAll();
      stock.places().listeners().tell(listener -> listener.opened(took));
      return physical;
    } catch (Throwable error) {
      physical.closeAside(settings.bounds().cancel());
      throw error;
    }
  }

  @Override
  public boolean keeps() {
    return settings.reset() != PoolSettings.Reset.ALWAYS && !stock.hooked().heedsReturns();
  }

  @Override
  public boolean back(Session session) {
    stock.hooked().back(session);
    return stock.hooked().heedsReturns();
  }

  /** Discards a session that its database can't reset. */
  @Override
  public void reset(Session session) throws SQLException {
    boolean needed =
        switch (settings.reset()) {
          case NEVER -> false;
          case IF_TOUCHED -> session.isTouched();
          case ALWAYS -> true;
        };
    if (needed && session.physical().reset()) {
      stock.hooked().putBack(session);
    } else if (needed) {
      session.doom();
    }
  }

  /** A driver closes a connection that it finds broken while rows are read. */
  @Override
  public void giveBack(Physical physical) throws SQLException {
    boolean isKept = false;
    try {
      isKept = !physical.connection().isClosed() && stock.shelf().put(physical);
    } finally {
      if (!isKept) {
        physical.closeAside(settings.bounds().cancel());
      }
    }
  }

  @Override
  public SQLException told(SQLException failure) {
    SQLException reason = Unreachable.causeOf(failure);
    return new SQLTransientConnectionException(
        context + " got no connection of " + stock.name() + ": " + reason.getMessage(),
        reason.getSQLState(),
        reason.getErrorCode(),
        reason);
  }
}
