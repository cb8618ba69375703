package dev.withal.database.testing.stories;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A way to a database: by one of our modules, in one style. */
public interface Way {

  /** {@return whether bodies block, so that an interruption is what asks them to end} */
  boolean isDirect();

  /** {@return whether this leads to PostgreSQL rather than to H2} */
  boolean isPostgres();

  /** Makes the table of the tests anew: {@code entry (id)}. */
  void makeTable() throws Exception;

  /** {@return the rows of the table, as another connection sees them} */
  List<Integer> rows() throws Exception;

  /** {@return the first number of what a query answers on a connection of its own} */
  long ask(String sql) throws Exception;

  /** Runs a statement on a connection of its own. */
  void run(String sql) throws Exception;

  /** Opens a pool for as long as a story takes. */
  void pool(Plan plan, Story story) throws Exception;

  /** {@return an error of the kind that the driver throws} */
  Exception failure(String message);

  /** {@return the type of the errors that the driver throws} */
  Class<? extends Exception> failures();

  /** {@return the state of SQL that an error of the driver tells, or null} */
  @Nullable String state(Throwable error);

  /** {@return the type of the error of an enter that got no connection} */
  Class<? extends Exception> noConnection();

  /** {@return the type of the error of an enter that found all connections in use} */
  Class<? extends Exception> exhausted();

  /** {@return the type of the error of a body that its caller asked to end} */
  Class<? extends Exception> ended();

  /** {@return the outcome that an error of a transaction tells, or empty if it is another error} */
  Optional<String> outcome(Throwable error);

  /** A story of a pool. */
  @FunctionalInterface
  interface Story {

    /** Tells it; the pool is closed afterwards. */
    void tell(Lender pool) throws Exception;
  }
}
