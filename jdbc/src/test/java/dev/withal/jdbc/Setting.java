package dev.withal.jdbc;

import dev.withal.Async;
import dev.withal.AsyncContextManager;
import dev.withal.Body;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;

/** A database that is there, and the style in which a test uses it. */
enum Setting {
  H2_DIRECT,
  H2_STAGES,
  POSTGRESQL_DIRECT,
  /** The same on a platform thread, which calls the driver itself. */
  POSTGRESQL_PLATFORM,
  POSTGRESQL_STAGES;

  boolean isDirect() {
    return !name().endsWith("STAGES");
  }

  DataSource dataSource() {
    return name().startsWith("H2") ? h2("test") : Postgres.dataSource();
  }

  static DataSource h2(String database) {
    var dataSource = new JdbcDataSource();
    dataSource.setURL("jdbc:h2:mem:" + database + ";DB_CLOSE_DELAY=-1");
    return dataSource;
  }

  /** Makes the table of the tests anew: {@code entry (id)}. */
  void makeTable() throws Exception {
    Jdbc.connection(dataSource())
        .use(connection -> {
          run(connection, "drop table if exists entry");
          return run(connection, "create table entry (id int primary key)");
        });
  }

  /** {@return the rows of the table, as another connection sees them} */
  List<Integer> rows() throws Exception {
    return Jdbc.connection(dataSource())
        .use(connection -> {
          try (Statement statement = connection.createStatement();
              ResultSet result = statement.executeQuery("select id from entry order by id")) {
            var rows = new ArrayList<Integer>();
            while (result.next()) {
              rows.add(result.getInt(1));
            }
            return rows;
          }
        });
  }

  static int insert(Connection connection, int id) throws SQLException {
    return run(connection, "insert into entry values (" + id + ")");
  }

  static int run(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return statement.executeUpdate(sql);
    }
  }

  static long ask(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      result.next();
      return result.getLong(1);
    }
  }

  /** Uses a connection in this style and returns what comes out of it. */
  <R> R use(
      AsyncContextManager<Connection> manager,
      Body<? super Connection, ? extends R, Exception> body)
      throws Exception {
    return isDirect()
        ? manager.<R, Exception>use(body)
        : Async.<R, Exception>await(
            manager.<R>useAsync(connection -> Jdbc.callAsync(connection, body)));
  }

  /** Begins a use in this style. {@return its result, and what asks it to end} */
  <R> Running<R> begin(
      AsyncContextManager<Connection> manager,
      Body<? super Connection, ? extends R, Exception> body) {
    if (!isDirect()) {
      CompletableFuture<R> use = manager.useAsync(connection -> Jdbc.callAsync(connection, body));
      return new Running<>(use, () -> use.cancel(true));
    }
    var result = new CompletableFuture<R>();
    Thread thread =
        (this == POSTGRESQL_PLATFORM ? Thread.ofPlatform() : Thread.ofVirtual())
            .start(() -> {
              try {
                result.complete(manager.<R, Exception>use(body));
              } catch (Throwable error) {
                result.completeExceptionally(error);
              }
            });
    return new Running<>(result, thread::interrupt);
  }

  /** A use under way. */
  record Running<R>(CompletableFuture<R> result, Runnable cancel) {}
}
