package dev.withal.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.withal.testkit.LeakCheck;
import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.pool.ConnectionPoolConfiguration;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.Wrapped;
import java.lang.reflect.Proxy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;

/** A pool isn't put over another one. */
@ExtendWith(LeakCheck.class)
class KnownPoolsTest {

  private static ConnectionPool other() {
    return new ConnectionPool(
        ConnectionPoolConfiguration.builder(Setting.H2_MEMORY_STAGES.factory()).build());
  }

  @Test
  void pool_overAnotherOne_isRefusedAtOnce() {
    ConnectionPool other = other();

    assertThatThrownBy(() -> R2dbc.pool(other, PoolSettings.DEFAULT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "R2dbc.pool is a pool itself, so it can't be put on top of"
                + " io.r2dbc.pool.ConnectionPool: give it the driver's own ConnectionFactory,"
                + " or use the other pool with R2dbc.connection");
    other.dispose();
  }

  @Test
  void pool_ofAUrlOfAPool_isRefusedAtOnce() {
    assertThatThrownBy(() -> R2dbc.pool("r2dbc:pool:h2:mem:///test"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("io.r2dbc.pool.ConnectionPool");
  }

  @Test
  void pool_overSomethingThatHidesAnotherOne_isRefusedAtItsFirstConnection() throws Exception {
    ConnectionPool other = other();

    assertRefusedAtTheFirst(
        new ManualFactory(subscriber -> other.create().subscribe(subscriber)), "io.r2dbc.pool.");
    other.dispose();
  }

  @Test
  void pool_overConnectionsOfOurs_isRefusedAtItsFirstConnection() throws Exception {
    R2dbc.pool(Setting.H2_MEMORY_STAGES.url())
        .use(pool ->
            pool.connection()
                .use(own -> {
                  assertRefusedAtTheFirst(
                      new ManualFactory(
                          subscriber -> Mono.<Connection>just(own).subscribe(subscriber)),
                      "another pool of withal-r2dbc");
                  return null;
                }));
  }

  @Test
  void connection_canNotBeUnwrapped_enterFailsAndItsPlaceIsFree() throws Exception {
    var factory =
        new ManualFactory(subscriber ->
            Mono.from(Setting.H2_MEMORY_STAGES.factory().create())
                .map(KnownPoolsTest::notUnwrapped)
                .subscribe(subscriber));
    R2dbc.pool(factory, PoolSettings.ofSize(1))
        .use(pool -> {
          assertThatThrownBy(() -> pool.connection().use(_ -> null))
              .hasCauseInstanceOf(UnsupportedOperationException.class);
          assertThat(pool.inUse()).isZero();
          return null;
        });
  }

  private static Connection notUnwrapped(Connection opened) {
    return (Connection)
        Proxy.newProxyInstance(
            KnownPoolsTest.class.getClassLoader(),
            new Class<?>[] {Connection.class, Wrapped.class},
            (_, method, arguments) -> {
              if (method.getName().equals("unwrap")) {
                throw new UnsupportedOperationException("unwrap");
              }
              return method.invoke(opened, arguments);
            });
  }

  private static void assertRefusedAtTheFirst(ManualFactory factory, String name)
      throws InterruptedException {
    R2dbc.pool(factory, PoolSettings.DEFAULT)
        .use(pool -> {
          assertThatThrownBy(() -> pool.connection().use(_ -> null))
              .hasMessageContaining(
                  "R2dbc.pool is a pool itself, so it can't be put on top of " + name)
              .hasCauseInstanceOf(IllegalStateException.class);
          assertThat(pool.inUse()).isZero();
          return null;
        });
  }
}
