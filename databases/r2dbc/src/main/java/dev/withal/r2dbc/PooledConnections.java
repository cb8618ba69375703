package dev.withal.r2dbc;

import dev.withal.AsyncBody;
import dev.withal.AsyncContext;
import dev.withal.AsyncContextManager;
import dev.withal.Body;
import dev.withal.database.internal.Place;
import dev.withal.database.internal.Places;
import io.r2dbc.spi.Connection;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * A manager of a pool's connections, or of something on each of them.
 *
 * <p>Design: the enter takes a place first, then a connection of the pool, and then begins on it. A
 * use in direct style passes its thread to the enter. That thread can't give anything back while it
 * waits, which is how {@link Places} detects that nobody can.
 */
final class PooledConnections implements AsyncContextManager<Connection> {
  private final Pool pool;
  private final String name;
  private final @Nullable BiFunction<Connection, String, AsyncContextManager<Connection>> inner;
  private final AsyncContextManager<Connection> source;

  PooledConnections(
      Pool pool,
      String name,
      @Nullable BiFunction<Connection, String, AsyncContextManager<Connection>> inner) {
    this.pool = pool;
    this.name = name;
    this.inner = inner;
    this.source = source(null);
  }

  private AsyncContextManager<Connection> source(@Nullable Thread blocked) {
    AsyncContextManager<Place> places = () -> pool.places().enterAsync(name, blocked);
    AsyncContextManager<Connection> connections =
        places.named(name).flatMap(place -> new Lent(pool, name, place).named(name));
    return inner == null
        ? connections
        // It guards the statements itself, and nobody else sees the connection below it.
        : connections.flatMap(lease -> inner.apply(((Lease) lease).forTransaction(), name));
  }

  /** A connection lent to the holder of a place. */
  private record Lent(Pool pool, String name, Place place)
      implements AsyncContextManager<Connection> {
    @Override
    public CompletionStage<AsyncContext<Connection>> enterAsync() {
      return pool.connect(name, place);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  @Override
  public CompletionStage<? extends AsyncContext<? extends Connection>> enterAsync() {
    return source.enterAsync();
  }

  @Override
  public <R extends @Nullable Object, X extends Exception> R use(
      Body<? super Connection, ? extends R, X> body) throws X, InterruptedException {
    return source(Thread.currentThread()).<R, X>use(body);
  }

  @Override
  public <R extends @Nullable Object> CompletableFuture<R> useAsync(
      AsyncBody<? super Connection, ? extends R> body) {
    return source.useAsync(body);
  }

  @Override
  public <R extends @Nullable Object> CompletableFuture<R> useAsync(
      AsyncBody.Cancellable<? super Connection, ? extends R> body) {
    return source.useAsync(body);
  }

  /** The name is also that of the holder. */
  @Override
  public AsyncContextManager<Connection> named(String other) {
    return new PooledConnections(pool, Objects.requireNonNull(other, "name"), inner);
  }

  @Override
  public String toString() {
    return name;
  }
}
