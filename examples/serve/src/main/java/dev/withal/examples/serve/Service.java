package dev.withal.examples.serve;

import com.sun.net.httpserver.HttpServer;
import dev.withal.AsyncContextManager;
import dev.withal.AsyncExitStack;
import dev.withal.Body;
import dev.withal.ContextManager;
import dev.withal.insight.Insight;
import dev.withal.jdbc.Jdbc;
import dev.withal.jdbc.Pool;
import dev.withal.jdbc.PoolSettings;
import dev.withal.tasks.TaskGroup;
import dev.withal.tasks.Tasks;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import javax.sql.DataSource;

/**
 * The life of the service, in one place.
 *
 * <p>Its resources are entered on one stack, in order; if a step fails, those before it are exited.
 * Each request is a task of a group inside of that: when the body has ended, the group waits for
 * requests that run, and when that takes too long, it has them end. Then the stack is exited: first
 * the server, then the pool.
 */
final class Service {
  static {
    // The JDK's server keeps 200 idle connections, and delays small answers, unless it is told
    // else.
    System.setProperty("sun.net.httpserver.maxIdleConnections", "10000");
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private final DataSource database;
  private final int port;
  private final PoolSettings pool =
      PoolSettings.ofSize(16)
          .withEnterTimeout(Duration.ofSeconds(10))
          .withInterruption(PoolSettings.Interruption.LOSES_CONNECTION);

  Service(DataSource database, int port) {
    this.database = database;
    this.port = port;
  }

  /**
   * Serves while the body runs.
   *
   * @param body gets the address; no new requests are taken when it ends
   */
  <X extends Exception> void run(Body.Action<? super String, X> body)
      throws X, InterruptedException {
    run((address, _) -> body.run(address));
  }

  /** A body that looks at the pool as well. */
  @FunctionalInterface
  interface Observing<X extends Exception> {
    void run(String address, Pool pool) throws X, InterruptedException;
  }

  <X extends Exception> void run(Observing<X> body) throws X, InterruptedException {
    Insight.start(); // the page shows what it knows
    AsyncExitStack.manager()
        .named("service")
        .<X>run(stack -> {
          Pool connections = stack.enter(Jdbc.pool(database, pool).named("pool"));
          Bank bank = stack.enter(Bank.opened(connections));
          HttpServer server = stack.enter(listening());
          requests().<X>run(requests -> serve(server, requests, bank, connections, body));
        });
  }

  /** One request that fails is nobody else's business. */
  private static AsyncContextManager<TaskGroup> requests() {
    return Tasks.supervise().named("requests");
  }

  private <X extends Exception> void serve(
      HttpServer server, TaskGroup requests, Bank bank, Pool connections, Observing<X> body)
      throws X, InterruptedException {
    var api = new Api(bank);
    api.addTo(server);
    server.setExecutor(request -> {
      try {
        requests.launch(request::run);
      } catch (IllegalStateException over) {
        throw new RejectedExecutionException(over);
      }
    });
    server.start();
    try {
      body.run("http://localhost:" + server.getAddress().getPort(), connections);
    } finally {
      api.drain();
    }
  }

  /** Listens, and answers once it is started. */
  private AsyncContextManager<HttpServer> listening() {
    return ContextManager.closing(
            () -> HttpServer.create(new InetSocketAddress(port), 4096),
            (HttpServer server) -> server.stop(0))
        .async()
        .named("server");
  }
}
