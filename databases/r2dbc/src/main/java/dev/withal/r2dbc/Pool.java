package dev.withal.r2dbc;

import dev.withal.AsyncContext;
import dev.withal.AsyncContextManager;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import dev.withal.database.Holder;
import dev.withal.database.ObservablePool;
import dev.withal.database.PoolListener;
import dev.withal.database.internal.Place;
import dev.withal.database.internal.Places;
import dev.withal.database.internal.Shelf;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.TransactionDefinition;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A pool of connections, which are kept and lent so that a few serve many callers; the value of a
 * context of {@link R2dbc#pool(String)}.
 *
 * <p>A caller that waits for a connection holds nothing, and may be cancelled or time out at any
 * moment. A connection that a context gives back is sound and idle, or it is discarded: if its
 * transaction could be neither committed nor rolled back, if it lost the server, or if its body
 * still runs. The pool waits for a silent server no longer than the {@link
 * dev.withal.database.Bounds} allow.
 *
 * <p>Thread-safe. A null argument is refused with a {@link NullPointerException}.
 */
public final class Pool implements ObservablePool {
  private final String name;
  private final PoolSettings settings;
  private final Places places;
  private final Shelf<PhysicalConnection> shelf;
  private final Opening opening;
  private final Hooked hooked;
  private final AsyncContextManager<Connection> connection;
  private final AsyncContextManager<Connection> transaction;

  private Pool(ConnectionFactory factory, String source, Secrets secrets, PoolSettings settings) {
    this.name = "R2dbc.pool(" + source + ")";
    this.settings = settings;
    this.places = new Places(name, settings.places(), PoolExhaustedException::new);
    this.opening = new Opening(factory, secrets, settings.bounds());
    this.hooked = new Hooked(name, settings);
    this.shelf =
        new Shelf<>(settings.maxIdleTime(), settings.maxLifeTime(), settings.bounds().cancel());
    this.connection = connection("connection");
    this.transaction = transaction(TransactionOptions.DEFAULT.named("transaction"));
  }

  static AsyncContextManager<Pool> manager(
      ConnectionFactory factory, String source, Secrets secrets, PoolSettings settings) {
    KnownPools.refuse(factory);
    return AsyncContextManager.<Pool>of(
            () -> CompletableFuture.completedStage(new Pool(factory, source, secrets, settings)),
            Pool::exitAsync)
        .named("R2dbc.pool(" + source + ")");
  }

  /** {@return a manager of a connection of this pool} Its name in messages is "connection". */
  public AsyncContextManager<Connection> connection() {
    return connection;
  }

  /**
   * {@return a manager of a connection of this pool}
   *
   * <p>The enter waits until a connection is free and is found valid or opened anew, at most for
   * the {@linkplain PoolSettings#enterTimeout() enter timeout}. It fails with a {@link
   * PoolExhaustedException} if no connection came free in time. It fails with one immediately if
   * none can come free, because each is held by a body in direct style whose thread waits for
   * another connection of this pool. It fails with an {@link io.r2dbc.spi.R2dbcException} if the
   * database couldn't be reached in time; a connection that arrives after that is closed.
   * Cancelling a use meanwhile leaves the queue immediately; if a connection is being opened or
   * validated for it by then, that goes on, and it goes to the pool when it arrives. It is in use
   * until then, but the pool's exit doesn't wait for it.
   *
   * <p>A transaction that the body began by hand and left open is rolled back, and auto-commit is
   * turned on again. After a cancellation, a statement that still runs is stopped if the driver
   * supports that, as PostgreSQL's does. Otherwise it is awaited, at most for the bound on
   * cancelled calls.
   *
   * @param name the name of the holder, for messages; no secrets
   */
  public AsyncContextManager<Connection> connection(String name) {
    return new PooledConnections(this, Objects.requireNonNull(name, "name"), null);
  }

  /**
   * {@return a manager of a transaction on a connection of this pool, with the driver's defaults}
   * Its name in messages is "transaction".
   */
  public AsyncContextManager<Connection> transaction() {
    return transaction;
  }

  /**
   * {@return a manager of a transaction on a connection of this pool, as by {@link
   * R2dbc#transaction(Connection, TransactionDefinition)}}
   *
   * @param definition the options of the transaction; their name is that of the holder, for
   *     messages
   */
  public AsyncContextManager<Connection> transaction(TransactionDefinition definition) {
    Objects.requireNonNull(definition, "definition");
    String given = definition.getAttribute(TransactionDefinition.NAME);
    String shown = given == null ? "transaction" : given;
    return new PooledConnections(
        this, shown, (connection, own) -> Transaction.manager(connection, own, definition));
  }

  /**
   * {@return this pool as a connection factory, for code that closes each connection itself} The
   * name of its holders in messages is "connection factory".
   */
  public ConnectionFactory connectionFactory() {
    return connectionFactory("connection factory");
  }

  /**
   * {@return this pool as a connection factory, for code that closes each connection itself, such
   * as jOOQ and Spring}
   *
   * <p>{@code create} waits for a connection as the enter of {@link #connection(String)} does, from
   * the first request on, and fails in the same way. Cancelling the subscription ends the wait, and
   * a connection that arrives later goes back to the pool.
   *
   * <p>The connection is as from {@link #connection(String)}, except that its user ends
   * transactions and calls {@code close}: any number of times, of which the first has an effect.
   * Closing stops a running statement if the driver supports that, rolls back uncommitted work,
   * resets the session, and completes when the connection is back in the pool. A closed connection
   * refuses all calls. A connection that is never closed is held forever, and the pool's exit waits
   * for it as for any other; a leak check reports it, and the end of {@code Async.run} takes it
   * back.
   *
   * <p>The connection factory is valid as long as this pool.
   *
   * @param name the name of its holders, for messages; no secrets
   */
  public ConnectionFactory connectionFactory(String name) {
    return new BorrowingConnectionFactory(connection(name), opening.factory().getMetadata());
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

  PoolSettings settings() {
    return settings;
  }

  Places places() {
    return places;
  }

  Opening opening() {
    return opening;
  }

  Hooked hooked() {
    return hooked;
  }

  /** Lends a connection to the holder of a place, who leaves it when the connection is back. */
  CompletionStage<AsyncContext<Connection>> connect(String context, Place place) {
    return Taking.start(this, shelf, context, place);
  }

  private CompletionStage<Verdict> exitAsync(ExitCase how) {
    return places.close().thenCompose(ignored -> closed());
  }

  /** Closes all at once, as each may take its time if the server is silent. */
  private CompletableFuture<Verdict> closed() {
    CompletableFuture<?>[] closing =
        shelf.close().stream()
            .map(kept -> kept.closeHere(settings.bounds().cancel()))
            .toArray(CompletableFuture<?>[]::new);
    return CompletableFuture.allOf(closing)
        .thenApply(ignored -> {
          places.listeners().close();
          return Verdict.PROPAGATE;
        });
  }
}
