package dev.withal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.withal.testkit.LeakCheck;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.util.Set;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A pool isn't put over another one. */
@ExtendWith(LeakCheck.class)
class KnownPoolsTest {

  private static HikariDataSource hikari() {
    var config = new HikariConfig();
    config.setDataSource(Setting.h2("test"));
    return new HikariDataSource(config);
  }

  @Test
  void pool_overHikari_isRefusedAtOnce() {
    try (HikariDataSource hikari = hikari()) {
      assertThatThrownBy(() -> Jdbc.pool(hikari))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "Jdbc.pool is a pool itself, so it can't be put on top of"
                  + " com.zaxxer.hikari.HikariDataSource: give it the driver's own data"
                  + " source, or use the other pool with Jdbc.connection");
    }
  }

  @Test
  void pool_overSomethingAroundHikari_isRefusedAtOnce() {
    try (HikariDataSource hikari = hikari()) {
      DataSource around = around(hikari, Set.of("getConnection", "isWrapperFor"));

      assertThatThrownBy(() -> Jdbc.pool(around))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("com.zaxxer.hikari.HikariDataSource");
    }
  }

  @Test
  void pool_overSomethingThatHidesHikari_isRefusedAtItsFirstConnection() throws Exception {
    try (HikariDataSource hikari = hikari()) {
      assertRefusedAtTheFirst(
          around(hikari, Set.of("getConnection")), "com.zaxxer.hikari.pool.HikariProxyConnection");
      assertThat(hikari.getHikariPoolMXBean().getActiveConnections())
          .as("it has the connection back")
          .isZero();
    }
  }

  @Test
  void pool_overThatOfH2_isRefusedAtOnce() {
    JdbcConnectionPool pool =
        JdbcConnectionPool.create("jdbc:h2:mem:test;DB_CLOSE_DELAY=-1", "", "");

    assertThatThrownBy(() -> Jdbc.pool(pool))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("org.h2.jdbcx.JdbcConnectionPool");
    pool.dispose();
  }

  @Test
  void pool_overConnectionsOfOurs_isRefusedAtItsFirstConnection() throws Exception {
    Jdbc.connection(Setting.h2("test"))
        .use(own -> {
          assertRefusedAtTheFirst(giving(own), "another pool of withal-jdbc");
          return null;
        });
  }

  /** The connections of another pool can be used without a second pool. */
  @Test
  void connection_ofHikari_isFine() throws Exception {
    try (HikariDataSource hikari = hikari()) {
      assertThat(Jdbc.connection(hikari).<Boolean, Exception>use(Connection::getAutoCommit))
          .isTrue();
    }
  }

  private static void assertRefusedAtTheFirst(DataSource dataSource, String name)
      throws InterruptedException {
    Jdbc.pool(dataSource)
        .use(pool -> {
          assertThatThrownBy(() -> pool.connection().use(_ -> null))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageStartingWith(
                  "Jdbc.pool is a pool itself, so it can't be put on top of " + name);
          assertThat(pool.inUse()).isZero();
          return null;
        });
  }

  private static DataSource giving(Connection connection) {
    return (DataSource)
        Proxy.newProxyInstance(
            DataSource.class.getClassLoader(),
            new Class<?>[] {DataSource.class},
            (_, method, _) ->
                switch (method.getName()) {
                  case "getConnection" -> connection;
                  case "isWrapperFor" -> false;
                  default -> null;
                });
  }

  private static DataSource around(DataSource inside, Set<String> passedOn) {
    return (DataSource)
        Proxy.newProxyInstance(
            DataSource.class.getClassLoader(),
            new Class<?>[] {DataSource.class},
            (_, method, given) -> {
              if (!passedOn.contains(method.getName())) {
                throw new UnsupportedOperationException(method.getName());
              }
              try {
                return method.invoke(inside, given);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
