package dev.withal.database.testing.stories;

import dev.withal.database.testing.stories.Lender.Script;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A connection as stories see it. Its stages are complete already where the body blocks, and an
 * error is in the stage.
 */
public interface Session {

  /** Runs a statement. */
  CompletionStage<?> run(String sql);

  /** Answers the first number of a query. */
  CompletionStage<Long> ask(String sql);

  /** Reads all rows of a query, some at a time, or at once if that is 0. {@return their number} */
  CompletionStage<Integer> count(String sql, int fetchSize);

  /** Uses a transaction on this connection, or a savepoint if this is in a transaction. */
  <R extends @Nullable Object> CompletionStage<R> transaction(Deal deal, Script<R> body);

  /** {@return whether each statement is its own transaction} */
  boolean isAutoCommit() throws Exception;

  /** Makes a transaction begin, which no context ends. */
  CompletionStage<?> beginByHand();

  default CompletionStage<?> insert(int id) {
    return run("insert into entry values (" + id + ")");
  }

  /** {@return the process of PostgreSQL behind this connection} */
  default CompletionStage<Long> pid() {
    return ask("select pg_backend_pid()");
  }
}
