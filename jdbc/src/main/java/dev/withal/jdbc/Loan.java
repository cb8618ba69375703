package dev.withal.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.Executor;

/** A source's connection, taken and given back. */
final class Loan {
  private final Source source;
  private final Session session;

  private Loan(Source source, Session session) {
    this.source = source;
    this.session = session;
  }

  /**
   * {@return a connection that is taken now} Blocks.
   *
   * @param executor where the driver is called from now on
   */
  static Loan take(Source source, Executor executor) throws SQLException, InterruptedException {
    return new Loan(source, new Session(source.get(), executor));
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
    try (Step _ = this::giveBack) {
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
