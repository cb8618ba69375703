package dev.withal.jdbc;

import dev.withal.ExitCase;
import dev.withal.database.Bounds;
import dev.withal.database.internal.SqlDialect;
import dev.withal.database.internal.SqlText;
import dev.withal.jdbc.Native.State;
import dev.withal.jdbc.TransactionException.Outcome;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.Statement;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A driver's connection, and what all who are handed it have in common.
 *
 * <p>Design: whoever doubts that the connection is sound dooms it, and needs to do nothing else:
 * what lent it throws it away. Of a connection that was never ours only the caller can know, and it
 * may come here twice; so those that are in a transaction are kept in one place.
 */
final class Session {
  private static final Set<Connection> IN_TRANSACTION =
      Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));

  private final Physical physical;
  private final Executor executor;
  private final Bounds bounds;
  private final Settings settings = new Settings();
  private final AtomicInteger savepoints = new AtomicInteger();
  private volatile boolean doomed;
  private volatile boolean altered;
  private volatile boolean touched;

  /** Whether the server has said that the session is in our transaction. */
  private volatile boolean began;

  private volatile boolean begunBySql;
  private volatile boolean endedByHand;
  private volatile @Nullable SQLException lastFailure;

  Session(Physical physical, Executor executor, Bounds bounds) {
    this.physical = physical;
    this.executor = executor;
    this.bounds = bounds;
  }

  Connection connection() {
    return physical.connection();
  }

  Physical physical() {
    return physical;
  }

  /** {@return how long the database may keep somebody waiting} */
  Bounds bounds() {
    return bounds;
  }

  /** Closes the connection by force, so that whoever waits for the driver hears of an error. */
  void abort() {
    doom();
    physical.abort();
  }

  /** {@return whether it was closed by force, so that nothing more may be asked of the driver} */
  boolean isAborted() {
    return physical.isAborted();
  }

  /** {@return where the driver is called} */
  Executor executor() {
    return executor;
  }

  /** Says that nobody else may have the connection after this. */
  void doom() {
    doomed = true;
  }

  /** Dooms the connection if a body may still use it. */
  void heed(ExitCase how) {
    if (how instanceof ExitCase.Cancelled cancelled && cancelled.bodyStillRuns()) {
      doom();
    }
  }

  boolean isDoomed() {
    return doomed;
  }

  /** Says that there may be something to put back before somebody else has the connection. */
  void alter() {
    altered = true;
  }

  boolean isAltered() {
    return altered;
  }

  /** Keeps how the connection is, before a body calls a method on it that changes that. */
  void keep(String method) throws SQLException {
    settings.keep(connection(), method);
    if (method.equals("setSchema")) {
      // PostgreSQL has a path of schemas, of which the driver tells the first.
      touch();
    }
  }

  /** Puts back what was kept. Blocks. */
  void restore() throws SQLException {
    settings.restore();
  }

  // ---- what a call to the driver says of the transaction ---------------------------------------

  /** Looks, before a call, whether the transaction has ended without our knowledge. */
  void beforeCall() throws SQLException {
    if (touched && physical.beyond().dialect() == SqlDialect.OTHER) {
      keep("setSchema");
      keep("setCatalog");
    }
    if (began && physical.beyond().state() == State.IDLE) {
      endedByHand = true;
    }
  }

  /** Looks, after a call, whether the transaction goes on. */
  void afterCall() throws SQLException {
    if (!isInTransaction()) {
      return;
    }
    State now = physical.beyond().state();
    endedByHand |= began && now == State.IDLE;
    began |= now == State.OPEN || now == State.FAILED;
  }

  /**
   * Keeps an error, which may be why the transaction can't commit; one may break the connection.
   */
  void failedCall(Throwable error) {
    if (error instanceof SQLException failure) {
      lastFailure = failure;
      if (isBroken(failure)) {
        doom();
      }
    }
  }

  /**
   * {@return why the transaction can't be committed; null if it can}
   *
   * @param context whose it is, for messages
   */
  @Nullable TransactionException refusal(String context) throws SQLException {
    beforeCall();
    if (endedByHand) {
      return new TransactionException(
          context,
          "nothing is committed by it",
          new SQLException(
              "the transaction was ended on the connection itself, and what it did before that may"
                  + " be committed or not",
              "25000"),
          Outcome.UNKNOWN);
    }
    if (physical.beyond().state() != State.FAILED) {
      return null;
    }
    SQLException failure = lastFailure;
    return new TransactionException(
        context,
        "nothing is committed, as the server gave the transaction up when a statement failed",
        failure != null ? failure : new SQLException("current transaction is aborted", "25P02"),
        Outcome.NOT_COMMITTED);
  }

  private static boolean isBroken(SQLException error) {
    String state = error.getSQLState();
    return error instanceof SQLRecoverableException
        || error instanceof SQLNonTransientConnectionException
        || (state != null && (state.startsWith("08") || state.startsWith("57P")));
  }

  /** {@return whether no other transaction has the connection} */
  boolean enterTransaction() {
    began = false;
    endedByHand = false;
    lastFailure = null;
    return IN_TRANSACTION.add(connection());
  }

  void leaveTransaction() {
    IN_TRANSACTION.remove(connection());
  }

  boolean isInTransaction() {
    return IN_TRANSACTION.contains(connection());
  }

  /** {@return what a text of SQL does} */
  SqlText textOf(String sql) throws SQLException {
    return SqlText.of(sql, physical.beyond().dialect());
  }

  /** Is told what the body will run. */
  void willRun(SqlText text) {
    if (text.ending() != null) {
      begunBySql = true;
    }
    if (text.touchesSession()) {
      touch();
    }
  }

  /** Says that the body may leave something in the session that only the database knows of. */
  void touch() {
    touched = true;
    alter();
  }

  boolean isTouched() {
    return touched;
  }

  /** Rolls back what was begun by SQL and not by {@code setAutoCommit}. Blocks. */
  void rollBackBegun() throws SQLException {
    State state = physical.beyond().state();
    if (state == State.OPEN || state == State.FAILED || (state == State.UNKNOWN && begunBySql)) {
      try (Statement statement = connection().createStatement()) {
        statement.execute("rollback");
      }
    }
  }

  String nextSavepoint() {
    return "withal_" + savepoints.incrementAndGet();
  }
}
