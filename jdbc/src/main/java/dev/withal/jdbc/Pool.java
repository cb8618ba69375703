package dev.withal.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.withal.AsyncContext;
import dev.withal.AsyncContextManager;
import dev.withal.DualContextManager;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import dev.withal.database.internal.Place;
import dev.withal.database.internal.Places;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Connections that are kept and lent, so that few serve many; what {@link Jdbc#pool(DataSource)}
 * hands its body.
 *
 * <p>Who waits for a connection holds nothing, and may be cancelled, interrupted or time out at any
 * moment. What a context gives back is sound and idle, or it is thrown away: when its transaction
 * could be neither committed nor rolled back, when it lost the server, when its body still runs.
 *
 * <p>Thread-safe. A null argument is refused with a {@link NullPointerException}.
 */
public final class Pool {
  private static final Duration SHORTEST_TIMEOUT = Duration.ofMillis(250);

  private final String name;
  private final ExecutorService threads;
  private final Executor executor;
  private final Places places;
  private final HikariDataSource pool;
  private final PoolSettings.Validation validation;

  private Pool(NamelessDataSource dataSource, String name, PoolSettings settings) {
    this.name = name;
    this.threads = VirtualThreads.keeping(settings.size());
    this.executor = settings.executor() == VirtualThreads.EACH ? threads : settings.executor();
    this.validation = settings.validation();
    this.places = new Places(name, settings.places(), PoolExhaustedException::new);
    this.pool = new HikariDataSource(config(dataSource, name, settings));
  }

  private static HikariConfig config(
      NamelessDataSource dataSource, String name, PoolSettings settings) {
    Duration timeout = settings.enterTimeout();
    var config = new HikariConfig();
    config.setPoolName(name);
    config.setDataSource(dataSource.showing(KeptConnection::of));
    config.setMaximumPoolSize(settings.size());
    config.setMinimumIdle(0);
    config.setInitializationFailTimeout(-1);
    config.setConnectionTimeout(
        timeout.compareTo(SHORTEST_TIMEOUT) < 0 ? SHORTEST_TIMEOUT.toMillis() : timeout.toMillis());
    config.setIdleTimeout(settings.maxIdleTime().toMillis());
    config.setMaxLifetime(settings.maxLifeTime().toMillis());
    return config;
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
   * <p>The enter waits for a connection that is free and valid, at most for the {@linkplain
   * PoolSettings#enterTimeout() time that the pool gives}, and then fails with a {@link
   * PoolExhaustedException}. It fails with one at once where none can come free, as each is held by
   * a body in direct style whose thread waits for another one of this pool. If the database can't
   * be reached within that time, it fails with an {@link SQLTransientConnectionException}. In
   * direct style the calling thread waits; to interrupt it ends the wait with an {@link
   * InterruptedException}. In stage style who asks the use to end doesn't end the wait: a
   * connection that comes after all goes back to the pool. It is in use until then, but the pool's
   * exit doesn't wait for it.
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
                        new Lender(context, place), executor, context, options)));
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
    return pool.getHikariPoolMXBean().getIdleConnections();
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
    return places.close().thenCompose(_ -> Calls.startSurely(VirtualThreads.EACH, this::close));
  }

  private Verdict close() {
    pool.close();
    threads.shutdown();
    return Verdict.PROPAGATE;
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
    public Connection get() throws SQLException, InterruptedException {
      try {
        return valid();
      } catch (SQLException error) {
        if (error.getCause() instanceof InterruptedException interruption && Thread.interrupted()) {
          throw interruption;
        }
        Throwable reason = error.getCause() == null ? error : error.getCause();
        throw new SQLTransientConnectionException(
            context + " got no connection of " + name + ": " + reason.getMessage(),
            error.getSQLState(),
            error.getErrorCode(),
            error);
      }
    }

    /**
     * {@return a connection that works} Ends, as each that doesn't is thrown away for a new one.
     */
    private Connection valid() throws SQLException {
      Connection connection = pool.getConnection();
      int seconds = Math.toIntExact(Math.max(1, pool.getValidationTimeout() / 1000));
      while (validation == PoolSettings.Validation.ALWAYS && !connection.isValid(seconds)) {
        pool.evictConnection(connection);
        connection = pool.getConnection();
      }
      return connection;
    }

    @Override
    public boolean keeps() {
      return true;
    }

    @Override
    public void discard(Connection connection) {
      pool.evictConnection(connection);
    }
  }
}
