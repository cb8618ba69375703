package dev.withal.jdbc;

import dev.withal.AsyncContext;
import dev.withal.AsyncContextManager;
import dev.withal.DualContextManager;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import dev.withal.database.Bounds;
import dev.withal.database.internal.Bound;
import dev.withal.database.internal.Place;
import dev.withal.database.internal.Places;
import dev.withal.database.internal.Shelf;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.function.Predicate;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Connections that are kept and lent, so that few serve many; what {@link Jdbc#pool(DataSource)}
 * hands its body.
 *
 * <p>Who waits for a connection holds nothing, and may be cancelled, interrupted or time out at any
 * moment. What a context gives back is sound and idle, or it is thrown away: when its transaction
 * could be neither committed nor rolled back, when it lost the server, when its body still runs. A
 * server that falls silent is waited for no longer than the {@link Bounds} say.
 *
 * <p>Thread-safe. A null argument is refused with a {@link NullPointerException}.
 */
public final class Pool {
  private static final Duration SHORTEST_TIMEOUT = Duration.ofMillis(250);

  /** HikariCP's figure: what was used so lately is lent again unseen. */
  private static final Duration FRESH = Duration.ofMillis(500);

  private final NamelessDataSource dataSource;
  private final String name;
  private final PoolSettings settings;
  private final ExecutorService threads;
  private final Executor executor;
  private final Places places;
  private final Shelf<Physical> shelf;

  private Pool(NamelessDataSource dataSource, String name, PoolSettings settings) {
    this.dataSource = dataSource;
    this.name = name;
    this.settings = settings;
    this.threads = VirtualThreads.keeping(settings.size());
    this.executor = settings.executor() == VirtualThreads.EACH ? threads : settings.executor();
    this.places = new Places(name, settings.places(), PoolExhaustedException::new);
    this.shelf =
        new Shelf<>(settings.maxIdleTime(), settings.maxLifeTime(), settings.bounds().cancel());
  }

  static DualContextManager<Pool> manager(
      NamelessDataSource dataSource, String source, PoolSettings settings) {
    return new Dual<>(
        source,
        (name, _) ->
            AsyncContextManager.of(
                () ->
                    Calls.start(
                        name, settings.executor(), () -> new Pool(dataSource, name, settings)),
                Pool::exitAsync));
  }

  /** {@return a manager of a connection of this pool} Messages call it "connection". */
  public DualContextManager<Connection> connection() {
    return connection("connection");
  }

  /**
   * {@return a manager of a connection of this pool}
   *
   * <p>The enter waits for a connection that is free, and is found valid or opened anew, at most
   * for the {@linkplain PoolSettings#enterTimeout() time that the pool gives}. It fails with a
   * {@link PoolExhaustedException} if none came free, and with one at once where none can come
   * free, as each is held by a body in direct style whose thread waits for another one of this
   * pool. It fails with an {@link SQLTransientConnectionException} if the database couldn't be
   * reached until then, or at once if it refuses, as for a wrong password. In direct style the
   * calling thread waits; to interrupt it ends the wait with an {@link InterruptedException}. Who
   * asks a use in stage style to end doesn't end the wait. In both styles a connection that comes
   * after all goes back to the pool. It is in use until then, but the pool's exit doesn't wait for
   * it.
   *
   * <p>The connection is as from {@link Jdbc#connection(DataSource)}.
   *
   * @param name who takes the connection, for messages; no secrets
   */
  public DualContextManager<Connection> connection(String name) {
    return new Dual<>(Objects.requireNonNull(name, "name"), this::connections);
  }

  /**
   * {@return a manager of a transaction on a connection of this pool} Messages call it
   * "transaction".
   */
  public DualContextManager<Connection> transaction() {
    return transaction(TransactionOptions.DEFAULT);
  }

  /**
   * {@return a manager of a transaction on a connection of this pool, as by {@link
   * Jdbc#transaction(Connection, TransactionOptions)}}
   *
   * @param options what it begins with; its name is who takes the connection, for messages
   */
  public DualContextManager<Connection> transaction(TransactionOptions options) {
    Objects.requireNonNull(options, "options");
    return new Dual<>(
        options.nameOr("transaction"),
        (context, blocked) ->
            new Admission(places, context, blocked)
                .flatMap(place ->
                    LeasedTransaction.manager(
                        new Lender(context, place), executor, context, blocked, options)));
  }

  private AsyncContextManager<Connection> connections(String context, @Nullable Thread blocked) {
    return new Admission(places, context, blocked)
        .flatMap(place -> Lease.manager(new Lender(context, place), executor, context, blocked));
  }

  /** {@return how many connections are in use, those included that are being opened or closed} */
  public int inUse() {
    return places.inUse();
  }

  /** {@return how many connections are open and wait to be used} */
  public int idle() {
    return shelf.size();
  }

  /** {@return how many wait for a connection} */
  public int waiting() {
    return places.waiting();
  }

  /** {@return the names of who has a connection, the one first who has had it longest} */
  public List<String> holders() {
    return places.holders();
  }

  @Override
  public String toString() {
    return name;
  }

  private CompletionStage<Verdict> exitAsync(ExitCase how) {
    return places.close().thenCompose(_ -> closed());
  }

  /** All at once, as each may take its time where the server is silent. */
  private CompletableFuture<Verdict> closed() {
    CompletableFuture<?>[] closing =
        shelf.close().stream()
            .map(physical -> physical.closeAside(settings.bounds().cancel()))
            .toArray(CompletableFuture[]::new);
    return CompletableFuture.allOf(closing)
        .handle((_, _) -> {
          threads.shutdown();
          return Verdict.PROPAGATE;
        });
  }

  /** The enter into the queue for a place; reports call it what they call its context. */
  private record Admission(Places places, String context, @Nullable Thread blocked)
      implements AsyncContextManager<Place> {
    @Override
    public CompletionStage<? extends AsyncContext<? extends Place>> enterAsync() {
      return places.enterAsync(context, blocked);
    }

    @Override
    public String toString() {
      return context;
    }
  }

  /** Lends connections to who has a place. */
  private final class Lender implements Source {
    private final String context;
    private final Place place;

    Lender(String context, Place place) {
      this.context = context;
      this.place = place;
    }

    @Override
    public void taking() {
      place.handOver();
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
      return settings.validation() == PoolSettings.Validation.ALWAYS
          ? null
          : shelf.take(
              physical -> physical.age().idle().compareTo(FRESH) < 0 && will.test(physical));
    }

    @Override
    public Physical get(Duration limit) throws SQLException {
      Physical physical = kept(_ -> true);
      for (boolean silent = false; physical == null && !silent; ) {
        Physical old = shelf.take(_ -> true);
        if (old == null) {
          break;
        }
        // Half of the time is left to open another one.
        physical = validated(old, Bound.shorter(settings.bounds().validate(), limit.dividedBy(2)));
        // The others would be as silent, and to ask each of them would take too long.
        silent = old.isAborted();
      }
      return physical == null ? opened() : physical;
    }

    private @Nullable Physical validated(Physical old, Duration limit) {
      try {
        if (old.isValid(limit)) {
          return old;
        }
      } catch (SQLException _) {
        // It isn't valid then, and there will be another one.
      }
      old.closeAside(settings.bounds().cancel());
      return null;
    }

    private Physical opened() throws SQLException {
      Connection made;
      try {
        made = dataSource.getConnection();
      } catch (SQLException error) {
        throw Unreachable.orNot(error);
      }
      if (made == null) {
        throw dataSource.gaveNull();
      }
      var physical = new Physical(made);
      if (settings.validation() == PoolSettings.Validation.ALWAYS
          && validated(physical, settings.bounds().validate()) == null) {
        throw new SQLTransientConnectionException("a new connection isn't valid", "08001");
      }
      return physical;
    }

    @Override
    public boolean keeps() {
      return settings.reset() != PoolSettings.Reset.ALWAYS;
    }

    /** A session that its database can't put back is nobody's any more. */
    @Override
    public void reset(Session session) throws SQLException {
      boolean needed =
          switch (settings.reset()) {
            case NEVER -> false;
            case IF_TOUCHED -> session.isTouched();
            case ALWAYS -> true;
          };
      if (needed && !session.physical().reset()) {
        session.doom();
      }
    }

    /** A driver closes a connection that it finds broken while rows are read. */
    @Override
    public void giveBack(Physical physical) throws SQLException {
      if (physical.connection().isClosed() || !shelf.put(physical)) {
        physical.closeAside(settings.bounds().cancel());
      }
    }

    @Override
    public SQLException told(SQLException failure) {
      SQLException reason = Unreachable.causeOf(failure);
      return new SQLTransientConnectionException(
          context + " got no connection of " + name + ": " + reason.getMessage(),
          reason.getSQLState(),
          reason.getErrorCode(),
          reason);
    }
  }
}
