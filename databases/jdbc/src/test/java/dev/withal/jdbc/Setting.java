package dev.withal.jdbc;

import dev.withal.Async;
import dev.withal.AsyncContextManager;
import dev.withal.Body;
import dev.withal.database.testing.stories.Plan;
import dev.withal.database.testing.stories.Running;
import dev.withal.database.testing.stories.Way;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.jspecify.annotations.Nullable;

/** A database that is there, and the style in which a test uses it. */
enum Setting implements Way {
  H2_DIRECT,
  H2_STAGES,
  POSTGRESQL_DIRECT,
  /** The same on a platform thread, which calls the driver itself. */
  POSTGRESQL_PLATFORM,
  POSTGRESQL_STAGES;

  @Override
  public boolean isDirect() {
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
  @Override
  public boolean isPostgres() {
    return name().startsWith("POSTGRESQL");
  }

  @Override
  public void makeTable() throws Exception {
    Jdbc.connection(dataSource())
        .use(connection -> {
          run(connection, "drop table if exists entry");
          return run(connection, "create table entry (id int primary key)");
        });
  }

  /** {@return the rows of the table, as another connection sees them} */
  @Override
  public List<Integer> rows() throws Exception {
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

  @Override
  public void run(String sql) throws Exception {
    Jdbc.connection(dataSource()).use(connection -> run(connection, sql));
  }

  @Override
  public long ask(String sql) throws Exception {
    return Jdbc.connection(dataSource()).use(connection -> ask(connection, sql));
  }

  @Override
  public void pool(Plan plan, Story story) throws Exception {
    DataSource dataSource = isPostgres() ? Postgres.overPort(plan.port()) : h2("test");
    Jdbc.pool(dataSource, JdbcLender.settings(plan))
        .<Void, Exception>use(pool -> {
          story.tell(new JdbcLender(this, pool));
          return null;
        });
  }

  @Override
  public Exception failure(String message) {
    return new SQLException(message);
  }

  @Override
  public Class<SQLException> failures() {
    return SQLException.class;
  }

  @Override
  public @Nullable String state(Throwable error) {
    return error instanceof SQLException told ? told.getSQLState() : null;
  }

  @Override
  public Class<? extends Exception> noConnection() {
    return SQLTransientConnectionException.class;
  }

  @Override
  public Class<? extends Exception> exhausted() {
    return PoolExhaustedException.class;
  }

  @Override
  public Class<? extends Exception> ended() {
    return CancellationException.class;
  }

  @Override
  public Optional<String> outcome(Throwable error) {
    return error instanceof TransactionException told
        ? Optional.of(told.outcome().name())
        : Optional.empty();
  }

  Thread.Builder threads() {
    return this == POSTGRESQL_PLATFORM ? Thread.ofPlatform() : Thread.ofVirtual();
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
    return Running.on(threads(), () -> manager.<R, Exception>use(body));
  }
}
