package dev.withal.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/** A source's connection, taken and given back. */
final class Loan {
  private final Source source;
  private final Session session;

  private Loan(Source source, Session session) {
    this.source = source;
    this.session = session;
  }

  /** Makes of a connection what a context has of it. */
  interface Use<C> {
    C of(Loan loan) throws SQLException;
  }

  /**
   * {@return a stage of a connection that is taken, and of what is made of it}
   *
   * @param context who has it, for messages
   * @param taking where it is taken
   * @param executor where the driver is called from then on
   */
  static <C> CompletionStage<C> take(
      Source source, String context, Executor taking, Executor executor, Use<C> use) {
    source.taking();
    return Calls.<C>start(
            context, taking, () -> use.of(new Loan(source, new Session(source.get(), executor))))
        .whenComplete((_, error) -> {
          if (error != null) {
            source.ended();
          }
        })
        .minimalCompletionStage();
  }

  Session session() {
    return session;
  }

  /** {@return whether to end it is no more than to close a connection that its pool keeps} */
  boolean endsAtOnce() {
    return source.keeps() && !session.isDoomed() && !session.isAltered();
  }

  /** Gives the connection back as it came, or throws it away. Blocks. */
  void end() throws SQLException {
    // The last one runs first.
    try (Step _ = source::ended;
        Step _ = this::giveBack) {
      tidy();
    }
  }

  /** Undoes what the body began by hand and left open: nobody has asked to commit it. */
  private void tidy() throws SQLException {
    Connection connection = session.connection();
    try {
      if (!session.isDoomed() && !connection.getAutoCommit()) {
        connection.rollback();
        connection.setAutoCommit(true);
      }
    } catch (Throwable error) {
      session.doom();
      throw error;
    }
  }

  private void giveBack() throws SQLException {
    if (session.isDoomed()) {
      source.discard(session.connection());
    } else {
      session.connection().close();
    }
  }
}
