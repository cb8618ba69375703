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
import dev.withal.tasks.Tasks;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;

/**
 * The life of the service, in one place.
 *
 * <p>Its resources are entered on one stack, in order; if a step fails, those before it are exited.
 * Each request is a task of a group inside of that: when the body has ended, the group waits for
 * requests that run, and when that takes too long, it has them end. Then the stack is exited: first
 * the server, then the pool.
 */
record Service(DataSource database, int port) {
  static {
    // The JDK's server keeps 200 idle connections, and delays small answers, unless told otherwise.
    System.setProperty("sun.net.httpserver.maxIdleConnections", "10000");
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private static final PoolSettings POOL =
      PoolSettings.ofSize(16)
          .withEnterTimeout(Duration.ofSeconds(10))
          .withInterruption(PoolSettings.Interruption.LOSES_CONNECTION);

  /** The service while it runs. */
  record Running(String address, Pool pool) {}

  /**
   * Serves while the body runs.
   *
   * @param body no new requests are taken when it ends
   */
  void run(Body.Action<? super Running, ?> body) throws Exception {
    Insight.start(); // the page shows what it knows
    AsyncExitStack.manager()
        .named("service")
        .<Exception>run(stack -> {
          boolean isEmbedded = database instanceof JdbcDataSource;
          PoolSettings settings = isEmbedded ? POOL.on(stack.enter(threads())) : POOL;
          Pool pool = stack.enter(Jdbc.pool(database, settings).named("pool"));
          Bank bank = Bank.in(pool);
          HttpServer server = stack.enter(listening());
          var api = new Api(server, bank);
          Tasks.supervise() // one request that fails is nobody else's business
              .named("requests")
              .<Exception>run(requests -> {
                server.setExecutor(request -> requests.launch(request::run));
                server.start();
                try {
                  body.run(new Running("http://localhost:" + server.getAddress().getPort(), pool));
                } finally {
                  api.drain();
                }
              });
        });
  }

  /**
   * An embedded database computes on the thread that calls it, and no virtual one runs meanwhile.
   */
  private static AsyncContextManager<ExecutorService> threads() {
    return ContextManager.executor(Executors::newCachedThreadPool, Duration.ofSeconds(1))
        .async()
        .named("threads");
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
