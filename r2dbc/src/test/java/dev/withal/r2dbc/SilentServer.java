package dev.withal.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.AsyncBody;
import dev.withal.AsyncContextManager;
import dev.withal.database.Bounds;
import dev.withal.database.testing.DroppingProxy;
import dev.withal.database.testing.PostgresServer;
import io.r2dbc.spi.Connection;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** A PostgreSQL that can fall silent, and uses of it that are under way then. */
record SilentServer(DroppingProxy proxy, Bounds bounds) implements AutoCloseable {

  static SilentServer start(Bounds bounds) throws IOException {
    return new SilentServer(new DroppingProxy(PostgresServer.port()), bounds);
  }

  /** A use under way. */
  record Running(CompletableFuture<?> result, Runnable cancel) {}

  /** Begins a use on a pool, during which the server falls silent. */
  interface Attempt {
    Running begin(Pool pool) throws Exception;
  }

  String url() {
    return Postgres.urlOverPort(proxy.port());
  }

  static Running begin(
      Setting setting,
      AsyncContextManager<Connection> manager,
      AsyncBody<? super Connection, ?> body) {
    if (!setting.isDirect()) {
      CompletableFuture<?> use =
          manager.useAsync((connection, cancellation) ->
              cancellation.cancelling(
                  body.apply(connection).<Object>thenApply(done -> done).toCompletableFuture()));
      return new Running(use, () -> use.cancel(true));
    }
    var result = new CompletableFuture<Object>();
    Thread thread =
        Thread.startVirtualThread(() -> {
          try {
            result.complete(
                manager.<Object, Exception>use(value -> Async.await(body.apply(value))));
          } catch (Throwable error) {
            result.completeExceptionally(error);
          }
        });
    return new Running(result, thread::interrupt);
  }

  /** {@return how an attempt ends on a pool of one connection that works again after it} */
  Throwable endOf(Setting setting, Attempt attempt) throws Exception {
    return R2dbc.pool(url(), PoolSettings.ofSize(1).withBounds(bounds))
        .use(pool -> {
          Running running = attempt.begin(pool);
          Throwable thrown = catchThrowable(() -> running.result().get(20, TimeUnit.SECONDS));
          proxy.heal();

          assertThat(pool.inUse()).isZero();
          assertThat(pool.idle()).isZero();
          assertThat(setting.<Connection, Integer>use(pool.connection(), Backends::pidAsync))
              .isPositive();
          return thrown instanceof ExecutionException ? thrown.getCause() : thrown;
        });
  }

  @Override
  public void close() throws IOException {
    proxy.close();
  }
}
