package dev.withal.examples.ingest;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.joining;

import dev.withal.Async;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import dev.withal.r2dbc.Pool;
import dev.withal.r2dbc.R2dbc;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.Readable;
import io.r2dbc.spi.Statement;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The table that rows go into. Names are taken as they are, upper and lower case included.
 *
 * <p>A batch is one statement: each column is bound as one array, and UNNEST makes rows of them. So
 * the statement is short, is the same for each batch, and H2 and PostgreSQL both know it.
 *
 * <p>PostgreSQL creates a table within the transaction, and rolls that back as well. H2 commits it
 * at once, and rolls rows back one by one, which takes half as long as to load them. There, a new
 * table is filled under another name, each batch in a transaction of its own, and gets its own name
 * in the end: until then nobody finds it, and to drop it is quick.
 */
final class Table {
  /** PostgreSQL cuts longer names without an error. */
  private static final int LONGEST_NAME = 63;

  /** What follows its name in that of a new table that is being filled. */
  private static final String LOADING = " (loading ";

  private static final Set<String> TEXTS =
      Set.of("character varying", "text", "character large object");

  private final Pool pool;
  private final String name;
  private final List<String> columns;

  /** What the rows go into, quoted: the table, or a new one that has not got its name yet. */
  private String filled;

  private boolean unnamed;

  /**
   * @throws LoadException if a name is longer than the databases take it
   */
  Table(Pool pool, String name, List<String> columns) throws LoadException {
    this.pool = pool;
    this.name = name;
    this.columns = columns;
    filled = Database.quoted(name);
    requireShort("the table", name);
    for (String column : columns) {
      requireShort("a column", column);
    }
  }

  private static void requireShort(String what, String name) throws LoadException {
    if (name.getBytes(StandardCharsets.UTF_8).length > LONGEST_NAME) {
      throw new LoadException(
          "the name of " + what + " is longer than " + LONGEST_NAME + " bytes: \"" + name + "\"");
    }
  }

  /** Creates the table, or checks the one that exists. */
  void prepare(Connection connection) throws LoadException, InterruptedException {
    List<Column> existing = Async.await(existing(connection));
    if (existing.isEmpty()) {
      create(connection);
    } else {
      requireSame(existing);
    }
  }

  /** Drops what processes were filling that were killed. Others would lose their rows by that. */
  void dropLeftBehind(Connection connection) throws InterruptedException {
    if (Database.commitsTables(connection)) {
      Statement select =
          connection.createStatement(
              "SELECT table_name FROM information_schema.tables"
                  + " WHERE table_schema = CURRENT_SCHEMA");
      List<String> tables =
          Async.await(
              OffThread.call(() ->
                  R2dbc.list(select.execute(), row -> requireNonNull(row.get(0, String.class)))));
      for (String table : tables) {
        if (isLeftBehind(table)) {
          Async.await(update(connection, "DROP TABLE " + Database.quoted(table)));
        }
      }
    }
  }

  private boolean isLeftBehind(String table) {
    return table.matches(Pattern.quote(name + LOADING) + "[0-9a-f-]{36}\\)");
  }

  private record Column(String name, String type) {
    static Column of(Readable row) {
      return new Column(
          requireNonNull(row.get(0, String.class)), requireNonNull(row.get(1, String.class)));
    }
  }

  private CompletionStage<List<Column>> existing(Connection connection) {
    Statement select =
        connection
            .createStatement(
                """
                SELECT column_name, data_type FROM information_schema.columns
                WHERE table_schema = CURRENT_SCHEMA AND table_name = $1
                ORDER BY ordinal_position\
                """)
            .bind("$1", name);
    return OffThread.call(() -> R2dbc.list(select.execute(), Column::of));
  }

  private void create(Connection connection) throws InterruptedException {
    String types =
        columns.stream().map(column -> Database.quoted(column) + " VARCHAR").collect(joining(", "));
    if (Database.commitsTables(connection)) {
      unnamed = true;
      filled = Database.quoted(name + LOADING + UUID.randomUUID() + ")");
    }
    Async.await(update(connection, "CREATE TABLE " + filled + " (" + types + ")"));
  }

  private void requireSame(List<Column> existing) throws LoadException {
    List<String> names = existing.stream().map(Column::name).toList();
    if (!new HashSet<>(names).equals(new HashSet<>(columns))) {
      throw new LoadException(
          "table \"" + name + "\" has the columns " + names + ", but the file has " + columns);
    }
    for (Column column : existing) {
      if (!TEXTS.contains(column.type().toLowerCase(Locale.ROOT))) {
        throw new LoadException(
            "column \"%s\" of table \"%s\" is of type %s: rows can only go into columns of text"
                .formatted(column.name(), name, column.type()));
      }
    }
  }

  /** Inserts rows: as a part of the load's transaction if that is what takes them back. */
  void insert(Connection inTransaction, Batch batch) throws LoadException, InterruptedException {
    try {
      if (unnamed) {
        OffThread.manager(pool.transaction().named(batch.place()))
            .named(Names.BATCH)
            .use(connection -> Async.await(update(insertion(connection, batch))));
      } else {
        Async.await(update(insertion(inTransaction, batch)));
      }
    } catch (R2dbcException refused) {
      throw new LoadException(
          batch.place() + " can't be inserted: " + Messages.ofDatabase(refused), refused);
    }
  }

  private Statement insertion(Connection connection, Batch batch) {
    Statement insert = connection.createStatement(insertion());
    for (int column = 0; column < columns.size(); column++) {
      insert.bind(column, Database.array(connection, batch.column(column)));
    }
    return insert;
  }

  private String insertion() {
    return "INSERT INTO %s (%s) SELECT * FROM UNNEST(%s)"
        .formatted(
            filled,
            columns.stream().map(Database::quoted).collect(joining(", ")),
            IntStream.rangeClosed(1, columns.size()).mapToObj(i -> "$" + i).collect(joining(", ")));
  }

  /** An exit, for after the transaction's: a new table that is complete takes its name. */
  CompletionStage<Verdict> giveName(Connection connection, ExitCase how) {
    return unnamed && how.error() == null
        ? update(connection, "ALTER TABLE " + filled + " RENAME TO " + Database.quoted(name))
            .thenApply(_ -> Verdict.PROPAGATE)
        : Verdict.PROPAGATE.now();
  }

  /** An exit, for after {@link #giveName}: a new table that has not got its name is dropped. */
  CompletionStage<Verdict> dropUnnamed(Connection connection, ExitCase how) {
    return unnamed && how.error() != null
        ? update(connection, "DROP TABLE IF EXISTS " + filled).thenApply(_ -> Verdict.PROPAGATE)
        : Verdict.PROPAGATE.now();
  }

  private static CompletionStage<Long> update(Connection connection, String sql) {
    return update(connection.createStatement(sql));
  }

  private static CompletionStage<Long> update(Statement statement) {
    return OffThread.call(() -> R2dbc.rowsUpdated(statement.execute()));
  }
}
