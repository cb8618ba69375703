package dev.withal.r2dbc;

import dev.withal.Async;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.Statement;
import java.util.List;

/** A database that is there, for tests of what its driver does. */
enum Database {
  H2,
  POSTGRESQL,
  MARIADB;

  /** {@return its URL} Skips the test if the machine doesn't have it. */
  String url() {
    return switch (this) {
      case H2 -> Setting.H2_MEMORY_DIRECT.url();
      case POSTGRESQL -> Postgres.url();
      case MARIADB -> {
        Mariadb.assumeThere();
        yield Mariadb.url();
      }
    };
  }

  /** Makes the table of the tests anew: {@code entry (id)}. */
  void makeTable() throws Exception {
    R2dbc.connection(url())
        .use(connection -> {
          Setting.run(connection, "drop table if exists entry");
          return Setting.run(connection, "create table entry (id int primary key)");
        });
  }

  /** {@return the rows of the table, as another connection sees them} */
  List<Integer> rows() throws Exception {
    return R2dbc.connection(url())
        .use(connection ->
            Async.await(
                R2dbc.list(
                    connection.createStatement("select id from entry order by id").execute(),
                    row -> row.get(0, Integer.class))));
  }

  /** {@return a statement that inserts one row} */
  Statement insert(Connection connection, int id, Values values) {
    return switch (values) {
      case IN_THE_TEXT -> connection.createStatement("insert into entry values (" + id + ")");
      case BOUND -> insert(connection).bind(0, id);
    };
  }

  /** {@return the same, whose value has yet to be bound} */
  Statement insert(Connection connection) {
    return connection.createStatement("insert into entry values (" + parameter() + ")");
  }

  String parameter() {
    return this == MARIADB ? "?" : "$1";
  }

  /** How a statement is given its values. */
  enum Values {
    IN_THE_TEXT,
    BOUND
  }
}
