package dev.withal.jdbc;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Recognizes data sources that are pools, so that no pool is put on top of another one.
 *
 * <p>Design: with two pools, the outer one never holds the real connection: the inner one's
 * validation, ages and reset become meaningless, and callers wait in a queue that they can't leave.
 * Foreign pools are recognized by the names of their types, so that none of them is a dependency.
 * If a data source doesn't reveal it, the first connection does.
 */
final class KnownPools {
  private static final List<String> DATA_SOURCES =
      List.of(
          BorrowingDataSource.class.getName(),
          "com.zaxxer.hikari.HikariDataSource",
          "org.apache.tomcat.jdbc.pool.DataSourceProxy",
          "org.apache.commons.dbcp2.BasicDataSource",
          "org.apache.commons.dbcp2.PoolingDataSource",
          "org.apache.commons.dbcp2.datasources.InstanceKeyDataSource",
          "com.mchange.v2.c3p0.PooledDataSource",
          "io.agroal.api.AgroalDataSource",
          "oracle.ucp.jdbc.PoolDataSource",
          "org.vibur.dbcp.ViburDataSource",
          "com.alibaba.druid.pool.DruidAbstractDataSource",
          "org.h2.jdbcx.JdbcConnectionPool",
          "org.mariadb.jdbc.MariaDbPoolDataSource",
          "org.postgresql.ds.PGPoolingDataSource");

  private static final List<String> CONNECTIONS =
      List.of(
          "com.zaxxer.hikari.pool.ProxyConnection",
          "org.apache.tomcat.jdbc.pool.JdbcInterceptor",
          "org.apache.commons.dbcp2.DelegatingConnection",
          "com.mchange.v2.c3p0.C3P0ProxyConnection",
          "io.agroal.pool.wrapper.ConnectionWrapper",
          "org.vibur.dbcp.proxy.ConnectionInvocationHandler",
          "com.alibaba.druid.pool.DruidPooledConnection",
          "org.h2.jdbcx.JdbcXAConnection$PooledJdbcConnection");

  private KnownPools() {}

  /**
   * Refuses a data source that is a pool, or says that it wraps one.
   *
   * @throws IllegalArgumentException if the data source is or wraps a pool
   */
  static void refuse(DataSource dataSource) {
    String pool = typeOf(dataSource.getClass(), DATA_SOURCES);
    if (pool == null) {
      pool = wrappedBy(dataSource);
    }
    if (pool != null) {
      throw new IllegalArgumentException(why(pool));
    }
  }

  /**
   * Refuses a connection that a pool has lent; it stays open.
   *
   * @throws IllegalStateException if a pool has lent the connection
   */
  static void refuse(Connection connection) {
    if (GuardedConnection.of(connection) != null) {
      throw new IllegalStateException(why("another pool of withal-jdbc"));
    }
    Class<?> type =
        Proxy.isProxyClass(connection.getClass())
            ? Proxy.getInvocationHandler(connection).getClass()
            : connection.getClass();
    String pool = typeOf(type, CONNECTIONS);
    if (pool != null) {
      throw new IllegalStateException(why(type.getName()));
    }
  }

  private static String why(String pool) {
    return "Jdbc.pool is a pool itself, so it can't be put on top of "
        + pool
        + ": give it the driver's own data source, or use the other pool with"
        + " Jdbc.connection";
  }

  /** {@return the one of the names that the type or a supertype has} */
  private static @Nullable String typeOf(@Nullable Class<?> type, List<String> names) {
    for (Class<?> at = type; at != null; at = at.getSuperclass()) {
      if (names.contains(at.getName())) {
        return at.getName();
      }
      for (Class<?> part : at.getInterfaces()) {
        String found = typeOf(part, names);
        if (found != null) {
          return found;
        }
      }
    }
    return null;
  }

  /** A wrapper's own class loader needn't see the wrapped type. */
  private static @Nullable String wrappedBy(DataSource dataSource) {
    return Stream.of(
            dataSource.getClass().getClassLoader(),
            Thread.currentThread().getContextClassLoader(),
            KnownPools.class.getClassLoader())
        .distinct()
        .flatMap(loader -> DATA_SOURCES.stream().filter(name -> wraps(dataSource, name, loader)))
        .findFirst()
        .orElse(null);
  }

  private static boolean wraps(DataSource dataSource, String name, @Nullable ClassLoader loader) {
    try {
      return dataSource.isWrapperFor(Class.forName(name, false, loader));
    } catch (ClassNotFoundException | SQLException | RuntimeException | LinkageError ignored) {
      // It isn't there, or the wrapper doesn't say so; the first connection may show it.
      return false;
    }
  }
}
