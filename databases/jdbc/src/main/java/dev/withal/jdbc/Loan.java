package dev.withal.jdbc;

import dev.withal.Verdict;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A source's connection, from taking it to giving it back.
 *
 * <p>Design: no failure of the network keeps it longer than its bound. If an exit takes too long,
 * its connection is aborted, which makes its call to the driver fail. If even that doesn't end the
 * call, the call is left alone: the place is free, and the connection belongs to nobody.
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

  /** {@return whether ending the loan only puts back a connection that its pool keeps} */
  boolean endsAtOnce() {
    return source.keeps()
        && session.physical().isAutoCommit()
        && !session.isDoomed()
        && !session.isAltered()
        && !session.hasEntered();
  }

  /** Called when the exit has begun. */
  void exits() {
    source.exits();
  }

  /**
   * {@return the stage of an exit that ends the loan within its bound}
   *
   * @param context the name of the context, for messages
   * @param quiet a stage that completes when the body makes no calls any more
   * @param waiting the thread that waits for the exit, and may make its calls; null if no thread is
   *     known to
   * @param end the calls to the driver that end the work on the connection
   */
  CompletionStage<Verdict> inTime(
      String context, CompletableFuture<?> quiet, @Nullable Thread waiting, Callable<Verdict> end) {
    var exit = new CompletableFuture<Verdict>();
    // Before the end begins, as that may occupy the thread that would set it.
    CompletionStage<Verdict> told = Ending.of(session, context, exit, this::abandon);
    quiet
        .thenCompose(ignored -> Calls.startSurely(session.executorOfExit(waiting), end))
        .whenComplete((verdict, error) -> {
          if (error == null) {
            exit.complete(verdict);
          } else {
            exit.completeExceptionally(error);
          }
        });
    return told;
  }

  /** Gives the connection back as it came, or discards it. Blocks. */
  void end() throws SQLException {
    if (session.leaveTransaction()) {
      // It outlives the loan, and its own exit will neither roll back nor restore settings.
      session.doom();
    }
    // The last one runs first.
    try (Step ignored = source::ended;
        Step unused = this::giveBack) {
      tidy();
    }
  }

  /** Leaves the connection alone, as a call to the driver doesn't return. */
  void abandon() {
    session.leaveTransaction();
    source.ended();
  }

  /** Discards the connection. Blocks. */
  void discard() throws SQLException {
    session.doom();
    end();
  }

  /** Undoes work that the body began by hand and left open, as nobody has asked to commit it. */
  private void tidy() throws SQLException {
    try {
      rollBack();
      if (!session.isDoomed() && source.back(session)) {
        rollBack();
      }
      if (!session.isDoomed()) {
        session.restore();
        source.reset(session);
      }
      if (!session.isDoomed() && !session.physical().isAutoCommit()) {
        session.connection().setAutoCommit(false);
      }
    } catch (Throwable error) {
      session.doom();
      throw error;
    }
  }

  private void rollBack() throws SQLException {
    Connection connection = session.connection();
    if (!session.isDoomed() && !connection.getAutoCommit()) {
      connection.rollback();
      connection.setAutoCommit(true);
    }
    if (!session.isDoomed()) {
      session.rollBackBegun();
    }
  }

  private void giveBack() throws SQLException {
    if (session.isDoomed() || !session.handOn()) {
      session.physical().discard(session.bounds().cancel());
    } else {
      source.giveBack(session.physical());
    }
  }
}
