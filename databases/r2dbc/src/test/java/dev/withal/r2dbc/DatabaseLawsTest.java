package dev.withal.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.Async;
import dev.withal.AsyncContextManager;
import dev.withal.database.testing.CurrentGate;
import dev.withal.testkit.Gate;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.ManagerLaws;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryMetadata;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/** The law suite on connections and transactions; what is held are connections. */
@ExtendWith(LeakCheck.class)
class DatabaseLawsTest {
  private final AtomicInteger open = new AtomicInteger();

  @Test
  void connection_toH2_keepsTheLaws() throws InterruptedException {
    ManagerLaws.of(gate -> R2dbc.connection(new Gated(gate, Setting.H2_MEMORY_STAGES.factory())))
        .holding(open::get)
        .check();
  }

  @Test
  void transaction_onH2_keepsTheLaws() throws InterruptedException {
    ManagerLaws.of(gate ->
            R2dbc.connection(new Gated(gate, Setting.H2_MEMORY_STAGES.factory()))
                .flatMap(R2dbc::transaction))
        .holding(open::get)
        .check();
  }

  @Test
  void savepoint_onH2_keepsTheLaws() throws InterruptedException {
    ManagerLaws.of(gate ->
            R2dbc.connection(new Gated(gate, Setting.H2_MEMORY_STAGES.factory()))
                .flatMap(R2dbc::transaction)
                .flatMap(R2dbc::transaction))
        .holding(open::get)
        .check();
  }

  @Test
  void pool_ofH2_keepsTheLaws() throws InterruptedException {
    ManagerLaws.of(gate ->
            R2dbc.pool(new Gated(gate, Setting.H2_MEMORY_STAGES.factory()), PoolSettings.ofSize(1))
                .flatMap(Pool::transaction))
        .holding(open::get)
        .check();
  }

  @Test
  void transactionsOfOnePool_onH2_keepTheLaws() throws Exception {
    var gate = new CurrentGate();
    R2dbc.pool(new Gated(gate::get, Setting.H2_MEMORY_STAGES.factory()), PoolSettings.ofSize(50))
        .use(pool -> {
          gate.laws(pool.transaction()).holding(pool::inUse).concurrently(50).check();
          assertThat(pool.waiting()).isZero();
          gate.open();
          return null;
        });
    assertThat(open).hasValue(0);
  }

  /** A pool's only connection is in use, and comes back after a second. */
  @Test
  void transactionThatWaitsForItsConnection_onH2_keepsTheLaws() throws InterruptedException {
    Set<Pool> pools = ConcurrentHashMap.newKeySet();
    ManagerLaws.of(() ->
            R2dbc.pool(Setting.H2_MEMORY_STAGES.factory(), PoolSettings.ofSize(1))
                .flatMap(pool -> {
                  pools.add(pool);
                  return waiting(pool);
                }))
        .holding(() -> pools.stream().mapToInt(Pool::inUse).sum())
        .concurrently(50)
        .check();
    assertThat(pools).isNotEmpty().allMatch(pool -> pool.waiting() == 0);
  }

  private static AsyncContextManager<Connection> waiting(Pool pool) {
    return () -> {
      var unused =
          pool.connection("other").useAsync(held -> Async.sleepAsync(Duration.ofSeconds(1)));
      return pool.transaction().enterAsync();
    };
  }

  @Test
  @Tag("stress")
  @Timeout(300)
  void transaction_onPostgresql_keepsTheLaws() throws InterruptedException {
    ManagerLaws.of(gate ->
            R2dbc.connection(new Gated(gate, Setting.POSTGRESQL_STAGES.factory()))
                .flatMap(R2dbc::transaction))
        .holding(open::get)
        .concurrently(20)
        .inRealTime()
        .check();
  }

  @Test
  @Tag("stress")
  @Timeout(300)
  void transaction_onMariadb_keepsTheLaws() throws InterruptedException {
    Mariadb.assumeThere();
    ManagerLaws.of(gate ->
            R2dbc.connection(new Gated(gate, ConnectionFactories.get(Mariadb.url())))
                .flatMap(R2dbc::transaction))
        .holding(open::get)
        .concurrently(20)
        .inRealTime()
        .check();
  }

  /** A real factory; connecting, closing, and the steps of a transaction wait at the gate first. */
  private final class Gated implements ConnectionFactory {
    private final Supplier<Gate> gate;
    private final ConnectionFactory factory;

    Gated(Gate gate, ConnectionFactory factory) {
      this(() -> gate, factory);
    }

    Gated(Supplier<Gate> gate, ConnectionFactory factory) {
      this.gate = gate;
      this.factory = factory;
    }

    @Override
    public Publisher<? extends Connection> create() {
      return Mono.fromCompletionStage(() -> gate.get().step("connect"))
          .then(Mono.from(factory.create()))
          .doOnNext(connection -> open.incrementAndGet())
          .map(this::gated);
    }

    private Connection gated(Connection real) {
      return (Connection)
          Proxy.newProxyInstance(
              Connection.class.getClassLoader(),
              new Class<?>[] {Connection.class},
              (proxy, method, arguments) -> {
                try {
                  Object result = method.invoke(real, arguments);
                  return switch (method.getName()) {
                    case "close" ->
                        after("close", (Publisher<?>) result)
                            .doOnSuccess(closed -> open.decrementAndGet());
                    case "beginTransaction",
                        "commitTransaction",
                        "rollbackTransaction",
                        "createSavepoint",
                        "releaseSavepoint",
                        "rollbackTransactionToSavepoint" ->
                        after(method.getName(), (Publisher<?>) result);
                    default -> result;
                  };
                } catch (InvocationTargetException e) {
                  throw e.getCause();
                }
              });
    }

    private Mono<?> after(String step, Publisher<?> publisher) {
      return Mono.fromCompletionStage(() -> gate.get().step(step)).then(Mono.from(publisher));
    }

    @Override
    public ConnectionFactoryMetadata getMetadata() {
      return factory.getMetadata();
    }
  }
}
