package dev.withal.guide;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.AsyncContext;
import dev.withal.AsyncContextManager;
import dev.withal.ExitCase;
import dev.withal.Report;
import dev.withal.Verdict;
import dev.withal.guide.Database.Connection;
import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the guide says on writing a manager. */
@ExtendWith(LeakCheck.class)
class WritingTest {
  private final Journal journal = new Journal();
  private final Database database = new Database(journal);

  @Test
  void closing_used_opensAndCloses(VirtualTime time) throws Exception {
    // @start region="closing"
    AsyncContextManager<Connection> connection =
        AsyncContextManager.closing(database::connectAsync, Connection::closeAsync);
    // @end

    time.await(connection.useAsync(c -> c.countAsync("orders")));

    assertThat(journal.events())
        .containsExactly("connected", "counted orders", "closing", "closed");
  }

  // @start region="told-how"
  static AsyncContextManager<Connection> transaction(Connection connection) {
    return AsyncContextManager.of(
        () -> connection.executeAsync("begin").thenApply(_ -> connection),
        (_, how) ->
            connection
                .executeAsync(how.succeeded() ? "commit" : "rollback")
                .thenApply(_ -> Verdict.PROPAGATE));
  }

  // @end

  @Test
  void of_bodySucceeds_commits(VirtualTime time) throws Exception {
    Connection connection = time.await(database.connectAsync());

    transaction(connection).use(c -> Async.await(c.executeAsync("insert")));

    assertThat(journal.events()).containsExactly("connected", "begin", "insert", "commit");
  }

  @Test
  void of_bodyFails_rollsBack(VirtualTime time) throws Exception {
    Connection connection = time.await(database.connectAsync());

    Throwable thrown =
        catchThrowable(() ->
            transaction(connection)
                .use(_ -> {
                  throw new IOException("body");
                }));

    assertThat(thrown).isExactlyInstanceOf(IOException.class);
    assertThat(journal.events()).containsExactly("connected", "begin", "rollback");
  }

  // @start region="generator"
  static AsyncContextManager<Connection> transactionOf(Connection connection) {
    return AsyncContextManager.generator(yield -> {
      Async.await(connection.executeAsync("begin"));
      try {
        yield.value(connection);
      } catch (Throwable error) {
        Async.await(connection.executeAsync("rollback"));
        throw error;
      }
      Async.await(connection.executeAsync("commit"));
    });
  }

  // @end

  @Test
  void generator_inBothStyles_doesTheSame(VirtualTime time) throws Exception {
    Connection connection = time.await(database.connectAsync());

    transactionOf(connection).use(c -> Async.await(c.executeAsync("insert")));
    time.await(transactionOf(connection).useAsync(c -> c.executeAsync("update")));

    assertThat(journal.events())
        .containsExactly("connected", "begin", "insert", "commit", "begin", "update", "commit");
  }

  @Test
  void generator_bodyFails_rollsBack(VirtualTime time) throws Exception {
    Connection connection = time.await(database.connectAsync());
    var error = new IOException("body");

    Throwable thrown =
        catchThrowable(() -> time.await(transactionOf(connection).useAsync(_ -> failed(error))));

    assertThat(thrown).isSameAs(error);
    assertThat(journal.events()).containsExactly("connected", "begin", "rollback");
  }

  // @start region="class"
  /** Takes a connection from a pool. Gives it back, unless it may still be in use. */
  record Pooled(Pool pool) implements AsyncContextManager<Connection> {
    @Override
    public CompletionStage<Taken> enterAsync() {
      return pool.takeAsync().thenApply(connection -> new Taken(connection, pool));
    }
  }

  record Taken(Connection value, Pool pool) implements AsyncContext<Connection> {
    @Override
    public CompletionStage<Verdict> exitAsync(ExitCase how) {
      boolean inUse = how instanceof ExitCase.Cancelled cancelled && cancelled.bodyStillRuns();
      CompletableFuture<Void> released = inUse ? value.closeAsync() : pool.giveBackAsync(value);
      return released.thenApply(_ -> Verdict.PROPAGATE);
    }
  }

  // @end

  /** A pool that opens a connection each time, and writes down what it gets back. */
  final class Pool {
    CompletableFuture<Connection> takeAsync() {
      return database.connectAsync();
    }

    CompletableFuture<Void> giveBackAsync(Connection connection) {
      journal.add("given back");
      return completedFuture(null);
    }
  }

  @Test
  void pooled_bodyEnds_givesBack(VirtualTime time) throws Exception {
    time.await(new Pooled(new Pool()).useAsync(c -> c.countAsync("orders")));

    assertThat(journal.events()).containsExactly("connected", "counted orders", "given back");
  }

  @Test
  void pooled_bodyOutlivesTheGracePeriod_closes(VirtualTime time) {
    CompletableFuture<Object> use = new Pooled(new Pool()).useAsync(_ -> new CompletableFuture<>());
    time.advance(Duration.ofMillis(15));

    List<Report.Kind> reports = new ArrayList<>();
    try (var _ = Report.listen(report -> reports.add(report.kind()))) {
      use.cancel(true);
      time.advance(Duration.ofSeconds(2));
    }

    assertThat(use).isCancelled();
    assertThat(reports).containsExactly(Report.Kind.OVERLAP);
    assertThat(journal.events()).containsExactly("connected", "closing", "closed");
  }

  private static <T> CompletableFuture<T> failed(Throwable error) {
    return CompletableFuture.failedFuture(error);
  }
}
