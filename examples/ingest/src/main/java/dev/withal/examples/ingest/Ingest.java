package dev.withal.examples.ingest;

import dev.withal.AsyncExitStack;
import dev.withal.files.AsyncFile;
import dev.withal.files.AsyncFiles;
import dev.withal.r2dbc.Pool;
import io.r2dbc.spi.Connection;
import java.nio.file.Path;
import java.util.function.LongConsumer;

/**
 * Loads a CSV file into a table, all or nothing.
 *
 * <p>Everything that it holds is on one exit stack. However the load ends, the exits run from the
 * bottom of this page to its top, and each is told how it ended: that is all there is to do about
 * failure and Ctrl-C.
 *
 * @param file the CSV file
 * @param url where the database is
 * @param table the name of the table
 * @param batchRows how many rows go to the database at a time
 * @param turns how it takes turns with other processes
 */
record Ingest(Path file, String url, String table, int batchRows, Turns turns) {

  /**
   * Loads.
   *
   * @return how many rows
   * @throws LoadException if the file or the table isn't as it must be
   * @throws Exception if the file or the database fails
   * @throws InterruptedException if it is told to end, and nothing was loaded
   */
  long load() throws Exception {
    return turns.take(this::load);
  }

  private long load(Turn turn) throws Exception {
    return AsyncExitStack.manager()
        .named(Names.LOAD)
        .use(stack -> {
          AsyncFile open = stack.enter(AsyncFiles.open(file).named(Names.FILE));
          var csv = new CsvRows(open.inputStream(), file.toString());

          Pool pool = stack.enter(Database.pool(url).named(Names.POOL));
          Connection connection =
              stack.enter(OffThread.manager(pool.connection(table)).named(Names.CONNECTION));
          var target = new Table(pool, table, csv.header());
          if (turn.isExclusive()) {
            target.dropLeftBehind(connection);
          }
          stack.pushAsync(how -> target.dropUnnamed(connection, how));
          stack.pushAsync(how -> target.giveName(connection, how));
          stack.push(turn::requireTurn);

          Connection inTransaction =
              stack.enter(OffThread.manager(turn.transaction(connection)).named(Names.TRANSACTION));
          stack.push(turn::requireTurn);
          target.prepare(inTransaction);

          LongConsumer progress =
              stack.enter(Progress.bar(table, open.size()).named(Names.PROGRESS));
          long loaded = 0;
          for (var batch = Batch.of(csv, batchRows);
              !batch.isEmpty();
              batch = Batch.of(csv, batchRows)) {
            target.insert(inTransaction, batch);
            loaded += batch.size();
            progress.accept(open.position());
          }
          return loaded;
        });
  }
}
