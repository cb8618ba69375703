package dev.withal.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The settings of a connection that JDBC can make, as they were before a body changed them. */
final class Settings {
  private final Map<String, Step> before = new ConcurrentHashMap<>(2);

  /** Saves the setting that a method is about to change. */
  void keep(Connection connection, String method) throws SQLException {
    if (!method.startsWith("set") || before.containsKey(method)) {
      return;
    }
    try {
      Step back = back(connection, method);
      if (back != null) {
        before.putIfAbsent(method, back);
      }
    } catch (SQLFeatureNotSupportedException ignored) {
      // A setting that can't be read can't be made either: the method itself reports it.
    }
  }

  @SuppressWarnings("RefactorSwitch") // each case is a block: a switch of blocks would yield each
  private static @Nullable Step back(Connection connection, String method) throws SQLException {
    switch (method) {
      case "setReadOnly" -> {
        boolean readOnly = connection.isReadOnly();
        return () -> connection.setReadOnly(readOnly);
      }
      case "setTransactionIsolation" -> {
        int level = connection.getTransactionIsolation();
        return () -> connection.setTransactionIsolation(level);
      }
      case "setCatalog" -> {
        String catalog = connection.getCatalog();
        return () -> connection.setCatalog(catalog);
      }
      case "setSchema" -> {
        String schema = connection.getSchema();
        return () -> connection.setSchema(schema);
      }
      case "setHoldability" -> {
        int holdability = connection.getHoldability();
        return () -> connection.setHoldability(holdability);
      }
      case "setNetworkTimeout" -> {
        int millis = connection.getNetworkTimeout();
        return () -> connection.setNetworkTimeout(VirtualThreads.EACH, millis);
      }
      case "setTypeMap" -> {
        var types = Map.copyOf(connection.getTypeMap());
        return () -> connection.setTypeMap(types);
      }
      case "setClientInfo" -> {
        var info = new Properties();
        info.putAll(connection.getClientInfo());
        return () -> connection.setClientInfo(info);
      }
      default -> {
        return null;
      }
    }
  }

  /** Restores all saved settings. Blocks. */
  void restore() throws SQLException {
    for (Step back : before.values()) {
      back.close();
    }
    before.clear();
  }
}
