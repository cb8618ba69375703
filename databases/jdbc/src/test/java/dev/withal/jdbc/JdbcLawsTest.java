package dev.withal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.AsyncContextManager;
import dev.withal.database.testing.CurrentGate;
import dev.withal.testkit.Gate;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.ManagerLaws;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The law suite on connections and transactions; what is held are connections. */
@ExtendWith(LeakCheck.class)
class JdbcLawsTest {
  private final AtomicInteger open = new AtomicInteger();

  @Test
  void connection_toH2_keepsTheLaws() throws InterruptedException {
    laws(gate -> Jdbc.connection(counted(Setting.h2("laws")), gate.executor("driver"))).check();
  }

  @Test
  void transaction_onH2_keepsTheLaws() throws InterruptedException {
    laws(gate ->
            Jdbc.connection(counted(Setting.h2("laws")), gate.executor("driver"))
                .flatMap(Jdbc::transaction))
        .check();
  }

  @Test
  void savepoint_onH2_keepsTheLaws() throws InterruptedException {
    laws(gate ->
            Jdbc.connection(counted(Setting.h2("laws")), gate.executor("driver"))
                .flatMap(Jdbc::transaction)
                .flatMap(Jdbc::transaction))
        .check();
  }

  @Test
  void pool_ofH2_keepsTheLaws() throws InterruptedException {
    ManagerLaws.of(gate ->
            Jdbc.pool(
                counted(Setting.h2("laws")), PoolSettings.ofSize(1).on(gate.executor("driver"))))
        .concurrently(5)
        .check();
  }

  @Test
  void transactionsOfOnePool_onH2_keepTheLaws() throws Exception {
    var gate = new CurrentGate();
    PoolSettings settings =
        PoolSettings.ofSize(20).on(task -> gate.get().executor("driver").execute(task));
    Jdbc.pool(counted(Setting.h2("laws")), settings)
        .use(pool -> {
          gate.laws(pool.transaction()).holding(pool::inUse).concurrently(20).check();
          assertThat(pool.waiting()).isZero();
          gate.open();
          return null;
        });
    assertThat(open).hasValue(0);
  }

  @Test
  @Tag("stress")
  @Timeout(300)
  void transaction_onPostgresql_keepsTheLaws() throws InterruptedException {
    laws(gate ->
            Jdbc.connection(counted(Postgres.dataSource()), gate.executor("driver"))
                .flatMap(Jdbc::transaction))
        .check();
  }

  @Test
  @Tag("slow")
  void transaction_onMariadb_keepsTheLaws() throws InterruptedException {
    Mariadb.assumeThere();
    laws(gate ->
            Jdbc.connection(counted(Mariadb.dataSource()), gate.executor("driver"))
                .flatMap(Jdbc::transaction))
        .check();
  }

  /** On virtual threads, as by default. */
  @Test
  @Tag("stress")
  @Timeout(300)
  void transaction_onThreadsOfItsOwn_keepsTheLaws() throws InterruptedException {
    ManagerLaws.of(gate -> Jdbc.transaction(counted(Setting.h2("laws"))))
        .holding(open::get)
        .concurrently(20)
        .inRealTime()
        .check();
  }

  private ManagerLaws<Connection> laws(Function<Gate, AsyncContextManager<Connection>> manager) {
    return ManagerLaws.of(manager).holding(open::get).concurrently(20);
  }

  /** A data source whose open connections are counted. */
  private DataSource counted(DataSource source) {
    return (DataSource)
        Proxy.newProxyInstance(
            DataSource.class.getClassLoader(),
            new Class<?>[] {DataSource.class},
            (proxy, method, given) ->
                method.getName().equals("getConnection")
                    ? counted(source.getConnection())
                    : method.invoke(source, given));
  }

  private Connection counted(Connection connection) {
    open.incrementAndGet();
    var closed = new AtomicBoolean();
    return (Connection)
        Proxy.newProxyInstance(
            JdbcLawsTest.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, given) -> {
              boolean closes = Set.of("close", "abort").contains(method.getName());
              if (closes && closed.compareAndSet(false, true)) {
                open.decrementAndGet();
              }
              try {
                return method.invoke(connection, given);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
