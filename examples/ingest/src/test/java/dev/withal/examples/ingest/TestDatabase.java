package dev.withal.examples.ingest;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * A database of one test, looked at with JDBC.
 *
 * @param url how the program calls it
 * @param jdbcUrl how the test calls it
 * @param schema where its tables are
 */
record TestDatabase(String url, String jdbcUrl, String schema) {
  private static final long ASKS_AFTER_NANOS = 10_000_000;

  /** The databases that the program is made for. */
  enum Kind {
    H2 {
      @Override
      TestDatabase create(Path folder) {
        Path file = folder.resolve("db").resolve("test");
        return new TestDatabase("r2dbc:h2:file:///" + file, "jdbc:h2:file:" + file, "PUBLIC");
      }
    },
    POSTGRESQL {
      @Override
      TestDatabase create(Path folder) {
        String name = "test" + Server.databases.incrementAndGet();
        server().execute("CREATE DATABASE " + name);
        return postgres(name);
      }
    };

    /** {@return an empty database} */
    abstract TestDatabase create(Path folder);
  }

  /** A real PostgreSQL, one for all tests. It ends with this process. */
  private static final class Server {
    static final AtomicInteger databases = new AtomicInteger();
    static final int PORT = start();

    private static int start() {
      try {
        return EmbeddedPostgres.start().getPort();
      } catch (IOException error) {
        throw new UncheckedIOException(error);
      }
    }
  }

  /** {@return the database of the server that is always there} */
  static TestDatabase server() {
    return postgres("postgres");
  }

  private static TestDatabase postgres(String name) {
    String place = "postgresql://localhost:" + Server.PORT + "/" + name;
    return new TestDatabase(
        "r2dbc:" + place.replace("//", "//postgres:s3cret@"),
        "jdbc:" + place + "?user=postgres",
        "public");
  }

  Connection connect() {
    try {
      return DriverManager.getConnection(jdbcUrl);
    } catch (SQLException error) {
      throw new IllegalStateException(error);
    }
  }

  void execute(String... statements) {
    try (Connection connection = connect();
        var statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    } catch (SQLException error) {
      throw new IllegalStateException(error);
    }
  }

  /** {@return the first column of the first row of an answer; waits until there is one} */
  String awaitAnswer(String sql) {
    try (Connection connection = connect();
        var statement = connection.createStatement()) {
      while (true) {
        try (ResultSet answer = statement.executeQuery(sql)) {
          if (answer.next()) {
            return answer.getString(1);
          }
        }
        LockSupport.parkNanos(ASKS_AFTER_NANOS);
      }
    } catch (SQLException error) {
      throw new IllegalStateException(error);
    }
  }

  /** {@return the rows of each table, with the names of the columns as the first} */
  Map<String, List<List<String>>> contents() {
    try (Connection connection = connect()) {
      var contents = new TreeMap<String, List<List<String>>>();
      for (String table : tables(connection)) {
        contents.put(table, rows(connection, table));
      }
      return contents;
    } catch (SQLException error) {
      throw new IllegalStateException(error);
    }
  }

  private List<String> tables(Connection connection) throws SQLException {
    var tables = new ArrayList<String>();
    try (ResultSet found = connection.getMetaData().getTables(null, schema, "%", null)) {
      while (found.next()) {
        if (found.getString("TABLE_TYPE").contains("TABLE")) {
          tables.add(found.getString("TABLE_NAME"));
        }
      }
    }
    return tables;
  }

  private static List<List<String>> rows(Connection connection, String table) throws SQLException {
    String select = "SELECT * FROM \"" + table.replace("\"", "\"\"") + "\"";
    try (var statement = connection.createStatement();
        ResultSet result = statement.executeQuery(select)) {
      int columns = result.getMetaData().getColumnCount();
      var rows = new ArrayList<List<String>>();
      var names = new ArrayList<String>();
      for (int column = 1; column <= columns; column++) {
        names.add(result.getMetaData().getColumnName(column));
      }
      rows.add(names);
      while (result.next()) {
        var row = new ArrayList<String>();
        for (int column = 1; column <= columns; column++) {
          row.add(result.getString(column));
        }
        rows.add(row);
      }
      return rows;
    }
  }
}
