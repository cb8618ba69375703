package dev.withal.jdbc;

import dev.withal.Verdict;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A source's connection, taken and given back.
 *
 * <p>Design: nothing that a network does keeps it longer than its bound. An exit that takes too
 * long has its connection aborted, which makes its call to the driver fail; and if even that
 * doesn't end it, it is left alone: the place is free, and the connection nobody's.
 */
final class Loan {
  private final Source source;
  private final Session session;

  Loan(Source source, Session session) {
    this.source = source;
    this.session = session;
  }

  Session session() {
    return session;
  }

  /** {@return whether to end it is no more than to put back a connection that its pool keeps} */
  boolean endsAtOnce() {
    return source.keeps() && !session.isDoomed() && !session.isAltered();
  }

  /**
   * {@return the stage of an exit that ends this, in time}
   *
   * @param context whose it is, for messages
   * @param exit what is done with the connection, by calls to the driver
   */
  CompletionStage<Verdict> inTime(String context, CompletableFuture<Verdict> exit) {
    return Ending.of(session, context, exit, this::abandon);
  }

  /** Gives the connection back as it came, or throws it away. Blocks. */
  void end() throws SQLException {
    // The last one runs first.
    try (Step _ = source::ended;
        Step _ = this::giveBack) {
      tidy();
    }
  }

  /** Leaves it alone, as a call to the driver doesn't come back. */
  void abandon() {
    session.leaveTransaction();
    source.ended();
  }

  /** Throws the connection away. Blocks. */
  void discard() throws SQLException {
    session.doom();
    end();
  }

  /** Undoes what the body began by hand and left open: nobody has asked to commit it. */
  private void tidy() throws SQLException {
    Connection connection = session.connection();
    try {
      if (!session.isDoomed() && !connection.getAutoCommit()) {
        connection.rollback();
        connection.setAutoCommit(true);
      }
      if (!session.isDoomed()) {
        session.rollBackBegun();
        session.restore();
        source.reset(session);
      }
    } catch (Throwable error) {
      session.doom();
      throw error;
    }
  }

  private void giveBack() throws SQLException {
    if (session.isDoomed()) {
      session.physical().discard(session.bounds().cancel());
    } else {
      source.giveBack(session.physical());
    }
  }
}
