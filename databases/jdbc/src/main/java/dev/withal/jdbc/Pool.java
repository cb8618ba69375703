package dev.withal.jdbc;

import dev.withal.AsyncContext;
import dev.withal.AsyncContextManager;
import dev.withal.DualContextManager;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import dev.withal.database.Bounds;
import dev.withal.database.Holder;
import dev.withal.database.ObservablePool;
import dev.withal.database.PoolListener;
import dev.withal.database.internal.Place;
import dev.withal.database.internal.Places;
import dev.withal.database.internal.Shelf;
import java.sql.Connection;
import java.sql.SQLTransientConnectionException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A pool of connections, which are kept and lent so that a few serve many callers; the value of a
 * context of {@link Jdbc#pool(DataSource)}.
 *
 * <p>A caller that waits for a connection holds nothing, and may be cancelled, interrupted or time
 * out at any moment. A connection that a context gives back is sound and idle, or it is discarded:
 * if its transaction could be neither committed nor rolled back, if it lost the server, or if its
 * body still runs. The pool waits for a silent server no longer than the {@link Bounds} allow.
 *
 * <p>Thread-safe. A null argument is refused with a {@link NullPointerException}.
 */
public final class Pool implements ObservablePool {
  private final String name;
  private final PoolSettings settings;
  private final ExecutorService threads;
  private final Where where;
  private final Places places;
  private final Shelf<Physical> shelf;
  private final Lender.Stock stock;

  private Pool(NamelessDataSource dataSource, String name, PoolSettings settings) {
    this.name = name;
    this.settings = settings;
    this.threads = VirtualThreads.keeping(settings.size());
    this.where = where(settings, threads);
    this.places = new Places(name, settings.places(), PoolExhaustedException::new);
    this.shelf =
        new Shelf<>(settings.maxIdleTime(), settings.maxLifeTime(), settings.bounds().cancel());
    var hooked = new Hooked(name, settings.hooks(), settings.bounds());
    this.stock = new Lender.Stock(dataSource, name, settings, places, shelf, new Pauses(), hooked);
  }

  private static Where where(PoolSettings settings, ExecutorService own) {
    boolean ours = settings.executor() == VirtualThreads.EACH;
    Where.Callers callers =
        switch (settings.interruption()) {
          case KEEPS_CONNECTION -> ours ? Where.Callers.PLATFORM : Where.Callers.NONE;
          case LOSES_CONNECTION -> Where.Callers.ALL;
        };
    return new Where(ours ? own : settings.executor(), callers);
  }

  static DualContextManager<Pool> manager(
      NamelessDataSource dataSource, String source, PoolSettings settings) {
    return new Dual<>(
        source,
        (name, ignored) ->
            AsyncContextManager.of(
                () ->
                    Calls.start(
                        name, settings.executor(), () -> new Pool(dataSource, name, settings)),
                Pool::exitAsync));
  }

  /** {@return a manager of a connection of this pool} Its name in messages is "connection". */
  public DualContextManager<Connection> connection() {
    return connection("connection");
  }

  /**
   * {@return a manager of a connection of this pool}
   *
   * <p>The enter waits until a connection is free and is found valid or opened anew, at most for
   * the {@linkplain PoolSettings#enterTimeout() enter timeout}. It fails with a {@link
   * PoolExhaustedException} if no connection came free in time. It fails with one immediately if
   * none can come free, because each is held by a body in direct style whose thread waits for
   * another connection of this pool. It fails with an {@link SQLTransientConnectionException} if
   * the database couldn't be reached in time, and immediately if the database refuses, as for a
   * wrong password. In direct style the calling thread waits, and interrupting it ends the wait
   * with an {@link InterruptedException}. Cancelling a use in stage style leaves the queue
   * immediately; if a connection is being opened or validated for it by then, that goes on. In both
   * styles a connection that arrives later goes back to the pool. It is in use until then, but the
   * pool's exit doesn't wait for it. A database that can't be reached is tried again, until the
   * enter is given up or the pool's exit begins.
   *
   * <p>The connection is as from {@link Jdbc#connection(DataSource)}.
   *
   * @param name the name of the holder, for messages; no secrets
   */
  public DualContextManager<Connection> connection(String name) {
    return new Dual<>(Objects.requireNonNull(name, "name"), this::connections);
  }

  /**
   * {@return a manager of a transaction on a connection of this pool} Its name in messages is
   * "transaction".
   */
  public DualContextManager<Connection> transaction() {
    return transaction(TransactionOptions.DEFAULT);
  }

  /**
   * {@return a manager of a transaction on a connection of this pool, as by {@link
   * Jdbc#transaction(Connection, TransactionOptions)}}
   *
   * @param options the options of the transaction; their name is that of the holder, for messages
   */
  public DualContextManager<Connection> transaction(TransactionOptions options) {
    Objects.requireNonNull(options, "options");
    return new Dual<>(
        options.nameOr("transaction"),
        (context, blocked) ->
            admitted(
                context,
                blocked,
                lender -> LeasedTransaction.manager(lender, where, context, blocked, options)));
  }

  private AsyncContextManager<Connection> connections(String context, @Nullable Thread blocked) {
    return admitted(context, blocked, lender -> Lease.manager(lender, where, context, blocked));
  }

  /** A manager for a thread that can let another thread give the connection back. */
  private AsyncContextManager<Connection> borrowed(String context, @Nullable Thread blocked) {
    return admitted(
        context,
        blocked,
        lender -> {
          lender.leftByAnyThread();
          return Lease.manager(lender, where, context, blocked);
        });
  }

  /** {@return a manager for one enter, which waits for a place first} */
  private AsyncContextManager<Connection> admitted(
      String context,
      @Nullable Thread blocked,
      Function<Lender, AsyncContextManager<Connection>> lent) {
    var attempts = new Attempts(stock.pauses());
    return AsyncContextManager.<AsyncContext<Place>>of(
            () -> places.enterAsync(context, blocked),
            (place, how) -> {
              // If the connection isn't there yet, its enter was given up.
              attempts.end();
              return place.exitAsync(how);
            })
        .named(context)
        .flatMap(place -> lent.apply(new Lender(stock, context, place.value(), attempts)));
  }

  /**
   * {@return this pool as a data source, for code that closes each connection itself} The name of
   * its holders in messages is "data source".
   */
  public DataSource dataSource() {
    return dataSource("data source");
  }

  /**
   * {@return this pool as a data source, for code that closes each connection itself, such as jOOQ,
   * JDBI, Spring and Hibernate}
   *
   * <p>{@code getConnection} waits for a connection as the enter of {@link #connection(String)}
   * does in direct style, and fails in the same way. An interruption of the wait is reported by an
   * {@link SQLTransientConnectionException}, and the interrupt flag is set again. An event-loop
   * thread is refused. Since another thread may close it, such a connection never counts as held by
   * a thread that waits: a caller that holds one and waits for another one waits for as long as the
   * pool allows.
   *
   * <p>The connection is as from {@link Jdbc#connection(DataSource)}, except that its user ends
   * transactions and calls {@code close}: on any thread and any number of times, of which the first
   * has an effect. Closing cancels a running statement, rolls back uncommitted work, restores
   * auto-commit, isolation level, read-only mode and other settings, and gives the connection back.
   * Using a closed connection fails with an {@link java.sql.SQLException}. A connection that is
   * never closed is held forever, and the pool's exit waits for it as for any other; a leak check
   * reports its holder.
   *
   * <p>The data source refuses to connect as another user, and wraps nothing. It is valid as long
   * as this pool.
   *
   * @param name the name of its holders, for messages; no secrets
   */
  public DataSource dataSource(String name) {
    Objects.requireNonNull(name, "name");
    return new BorrowingDataSource(new Dual<>(name, this::borrowed), this.name);
  }

  @Override
  public int size() {
    return places.size();
  }

  @Override
  public int inUse() {
    return places.inUse();
  }

  @Override
  public int idle() {
    return shelf.size();
  }

  @Override
  public int waiting() {
    return places.waiting();
  }

  @Override
  public List<Holder> holders() {
    return places.holders();
  }

  @Override
  public void listen(PoolListener listener) {
    places.listeners().add(Objects.requireNonNull(listener, "listener"));
  }

  @Override
  public String toString() {
    return name;
  }

  private CompletionStage<Verdict> exitAsync(ExitCase how) {
    CompletionStage<?> empty = places.close();
    stock.pauses().close();
    return empty.thenCompose(ignored -> closed());
  }

  /** Closes all at once, as each may take its time if the server is silent. */
  private CompletableFuture<Verdict> closed() {
    CompletableFuture<?>[] closing =
        shelf.close().stream()
            .map(physical -> physical.closeAside(settings.bounds().cancel()))
            .toArray(CompletableFuture[]::new);
    return CompletableFuture.allOf(closing)
        .handle((ignored, unused) -> {
          threads.shutdown();
          places.listeners().close();
          return Verdict.PROPAGATE;
        });
  }
}
