package dev.withal.r2dbc;

import dev.withal.AsyncContext;
import dev.withal.AsyncContextManager;
import dev.withal.ExitCase;
import dev.withal.Verdict;
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
 * Connections that are kept and lent, so that few serve many; what {@link R2dbc#pool(String)} hands
 * its body.
 *
 * <p>Who waits for a connection holds nothing, and may be cancelled or time out at any moment. What
 * a context gives back is sound and idle, or it is thrown away: when its transaction could be
 * neither committed nor rolled back, when it lost the server, when its body still runs. A server
 * that falls silent is waited for no longer than the {@link dev.withal.database.Bounds} say.
 *
 * <p>Thread-safe. A null argument is refused with a {@link NullPointerException}.
 */
public final class Pool {
  private final String name;
  private final PoolSettings settings;
  private final Places places;
  private final Shelf<PhysicalConnection> shelf;
  private final Opening opening;
  private final AsyncContextManager<Connection> connection;
  private final AsyncContextManager<Connection> transaction;

  private Pool(ConnectionFactory factory, String source, Secrets secrets, PoolSettings settings) {
    this.name = "R2dbc.pool(" + source + ")";
    this.settings = settings;
    this.places = new Places(name, settings.places(), PoolExhaustedException::new);
    this.opening = new Opening(factory, secrets, settings.bounds());
    this.shelf =
        new Shelf<>(settings.maxIdleTime(), settings.maxLifeTime(), settings.bounds().cancel());
    this.connection = connection("connection");
    this.transaction = transaction(TransactionOptions.DEFAULT.named("transaction"));
  }

  static AsyncContextManager<Pool> manager(
      ConnectionFactory factory, String source, Secrets secrets, PoolSettings settings) {
    return AsyncContextManager.<Pool>of(
            () -> CompletableFuture.completedStage(new Pool(factory, source, secrets, settings)),
            Pool::exitAsync)
        .named("R2dbc.pool(" + source + ")");
  }

  /** {@return a manager of a connection of this pool} Messages call it "connection". */
  public AsyncContextManager<Connection> connection() {
    return connection;
  }

  /**
   * {@return a manager of a connection of this pool}
   *
   * <p>The enter waits for a connection that is free, and is found valid or opened anew, at most
   * for the {@linkplain PoolSettings#enterTimeout() time that the pool gives}. It fails with a
   * {@link PoolExhaustedException} if none came free, and with one at once where none can come
   * free, as each is held by a body in direct style whose thread waits for another one of this
   * pool. It fails with an {@link io.r2dbc.spi.R2dbcException} if the database couldn't be reached
   * until then; a connection that comes after that is closed. Who asks a use to end meanwhile
   * doesn't end the wait, and a connection that comes after all goes back to the pool. It is in use
   * until then, but the pool's exit doesn't wait for it.
   *
   * <p>A transaction that the body began by hand and left open is rolled back, and auto-commit is
   * turned on again. After a cancellation, a statement that still runs is stopped if the driver can
   * do it (PostgreSQL's can), and else waited for, at most for the bound on what is cancelled.
   *
   * @param name who takes the connection, for messages; no secrets
   */
  public AsyncContextManager<Connection> connection(String name) {
    return new PooledConnections(this, Objects.requireNonNull(name, "name"), null);
  }

  /**
   * {@return a manager of a transaction on a connection of this pool, with the driver's defaults}
   * Messages call it "transaction".
   */
  public AsyncContextManager<Connection> transaction() {
    return transaction;
  }

  /**
   * {@return a manager of a transaction on a connection of this pool, as by {@link
   * R2dbc#transaction(Connection, TransactionDefinition)}}
   *
   * @param definition what it begins with; its name is who takes the connection, for messages
   */
  public AsyncContextManager<Connection> transaction(TransactionDefinition definition) {
    Objects.requireNonNull(definition, "definition");
    String given = definition.getAttribute(TransactionDefinition.NAME);
    String shown = given == null ? "transaction" : given;
    return new PooledConnections(
        this, shown, (connection, own) -> Transaction.manager(connection, own, definition));
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

  PoolSettings settings() {
    return settings;
  }

  Places places() {
    return places;
  }

  Opening opening() {
    return opening;
  }

  /** Lends a connection to who has a place, which is left when the connection is back. */
  CompletionStage<AsyncContext<Connection>> connect(String context, Place place) {
    return Taking.start(this, shelf, context, place);
  }

  private CompletionStage<Verdict> exitAsync(ExitCase how) {
    return places.close().thenCompose(_ -> closed());
  }

  /** All at once, as each may take its time where the server is silent. */
  private CompletableFuture<Verdict> closed() {
    CompletableFuture<?>[] closing =
        shelf.close().stream()
            .map(kept -> kept.closeHere(settings.bounds().cancel()))
            .toArray(CompletableFuture<?>[]::new);
    return CompletableFuture.allOf(closing).thenApply(_ -> Verdict.PROPAGATE);
  }
}
