package dev.withal.jdbc;

import dev.withal.ExitCase;
import dev.withal.database.Bounds;
import dev.withal.database.internal.SqlDialect;
import dev.withal.database.internal.SqlText;
import dev.withal.jdbc.Native.State;
import dev.withal.jdbc.TransactionException.Outcome;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A driver's connection, with the state that all its users share.
 *
 * <p>Design: code that doubts whether the connection is sound dooms it, and needs to do nothing
 * else: its lender discards it.
 */
final class Session {
  /** Whose the connection is; it changes once. */
  private enum Hold {
    OURS,
    HANDED_ON,
    ABORTED
  }

  private final Physical physical;
  private final Where where;
  private final Bounds bounds;
  private final InTransaction inTransaction;
  private final Course course;
  private final Settings settings = new Settings();
  private final AtomicInteger savepoints = new AtomicInteger();

  /** Those that the server knows, the innermost one last. */
  private final Deque<Mark> marks = new ConcurrentLinkedDeque<>();

  /** The savepoints that bodies have set by hand, with the marks that were there before. */
  private final Map<java.sql.Savepoint, List<Mark>> byHand = new ConcurrentHashMap<>();

  private final AtomicReference<Hold> hold = new AtomicReference<>(Hold.OURS);

  private volatile boolean doomed;
  private volatile boolean altered;
  private volatile boolean touched;

  private volatile boolean begunBySql;
  private volatile boolean queryTimeoutSet;

  Session(Physical physical, Where where, Bounds bounds) {
    this.physical = physical;
    this.inTransaction = new InTransaction(physical.connection());
    this.course = new Course(physical);
    this.where = where;
    this.bounds = bounds;
  }

  Connection connection() {
    return physical.connection();
  }

  Physical physical() {
    return physical;
  }

  /** {@return how long the database may make a caller wait} */
  Bounds bounds() {
    return bounds;
  }

  /**
   * Closes the connection by force, so that threads that wait for the driver get an error; does
   * nothing once the connection was handed on.
   */
  void abort() {
    doom();
    if (hold.compareAndSet(Hold.OURS, Hold.ABORTED)) {
      physical.abort();
    }
  }

  /**
   * Records that the connection goes to its next user. {@return false if it was aborted, so that it
   * must not} Guard against race with a bound that has fired while its step ended, and aborts a
   * moment later.
   */
  boolean handOn() {
    return hold.compareAndSet(Hold.OURS, Hold.HANDED_ON);
  }

  /** {@return whether the connection was closed by force, so that the driver must not be called} */
  boolean isAborted() {
    return physical.isAborted();
  }

  /** {@return where the driver is called, unless the waiting thread calls it} */
  Executor executor() {
    return where.executor();
  }

  /** {@return whether the calling thread makes a body's calls itself} */
  boolean isCalledHere() {
    return where.isHere(physical);
  }

  /**
   * {@return where an exit calls the driver}
   *
   * @param waiting the thread that waits for the exit; null if no thread is known to
   */
  Executor executorOfExit(@Nullable Thread waiting) {
    return Thread.currentThread() == waiting && where.isHereForExit(physical)
        ? Runnable::run
        : where.executor();
  }

  /** Records that nobody else may have the connection after this. */
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

  /** Records that the connection may have to be restored before another context has it. */
  void alter() {
    altered = true;
  }

  boolean isAltered() {
    return altered;
  }

  /** Saves a setting of the connection before a body changes it by calling the method. */
  void keep(String method) throws SQLException {
    settings.keep(connection(), method);
    if (method.equals("setSchema")) {
      // PostgreSQL has a path of schemas, of which the driver returns the first.
      touch();
    }
  }

  /** Records that a body has set the timeout of a statement. */
  void setsQueryTimeout() {
    queryTimeoutSet = true;
    alter();
  }

  /** Restores the saved settings. Blocks. */
  void restore() throws SQLException {
    settings.restore();
    if (queryTimeoutSet) {
      physical.restoreQueryTimeout();
    }
  }

  // ---- what a driver call reveals of the transaction -------------------------------------------

  /** Checks, before a call, whether the transaction has ended without our knowledge. */
  void beforeCall() throws SQLException {
    if (touched && physical.beyond().dialect() == SqlDialect.OTHER) {
      keep("setSchema");
      keep("setCatalog");
    }
    course.beforeCall();
  }

  /** Checks, after a call, whether the transaction continues. */
  void afterCall() throws SQLException {
    if (isInTransaction()) {
      course.afterCall();
    }
  }

  /**
   * Saves an error, which may be why the transaction can't commit. Some errors break the
   * connection.
   */
  void failedCall(Throwable error) {
    if (error instanceof SQLException failure) {
      if (isBroken(failure)) {
        doom();
      }
      course.failed(failure);
    }
  }

  /**
   * Refuses a further statement of a transaction that the server has rolled back.
   *
   * @param context the name of the context, for messages
   */
  void refuseIfRolledBack(String context) throws SQLException {
    if (isInTransaction()) {
      course.refuseIfRolledBack(context);
    }
  }

  /** Records that work could not be undone, so that nothing may be committed. */
  void failedRollback(SQLException error) {
    course.failedRollback(error);
    doom();
  }

  /** {@return the outcome of work in the transaction that is not committed} */
  Outcome outcome() throws SQLException {
    return course.outcome();
  }

  /**
   * {@return why the transaction can't be committed; null if it can}
   *
   * @param context the name of the context, for messages
   */
  @Nullable TransactionException refusal(String context) throws SQLException {
    beforeCall();
    return course.refusal(context);
  }

  /**
   * {@return the error for a transaction that was ended without our knowledge; null if it wasn't}
   *
   * @param context the name of the context, for messages
   */
  @Nullable TransactionException endedByHand(String context) throws SQLException {
    return course.endedByHand(context);
  }

  private static boolean isBroken(SQLException error) {
    String state = error.getSQLState();
    return TransactionException.isOfLostConnection(error)
        || (state != null && (state.startsWith("08") || state.startsWith("57P")));
  }

  /** {@return whether the connection was in no other transaction} */
  boolean enterTransaction() {
    course.begin();
    marks.clear();
    byHand.clear();
    return inTransaction.enter();
  }

  InTransaction inTransaction() {
    return inTransaction;
  }

  /** {@return whether a transaction of this session had not been left} */
  boolean leaveTransaction() {
    return inTransaction.leave();
  }

  /** {@return whether a transaction of this session has not been left} */
  boolean hasEntered() {
    return inTransaction.isOurs();
  }

  boolean isInTransaction() {
    return inTransaction.isThere();
  }

  /** {@return what an SQL text does} */
  SqlText textOf(String sql) throws SQLException {
    return SqlText.of(sql, physical.beyond().dialect());
  }

  /** Records an SQL text that the body is about to run. */
  void willRun(SqlText text) {
    if (text.ending() != null) {
      begunBySql = true;
    }
    if (text.touchesSession()) {
      touch();
    }
  }

  /** Records that the body may leave something in the session that only the database knows of. */
  void touch() {
    touched = true;
    alter();
  }

  boolean isTouched() {
    return touched;
  }

  /** Rolls back a transaction that was begun by SQL and not by {@code setAutoCommit}. Blocks. */
  void rollBackBegun() throws SQLException {
    State state = physical.beyond().state();
    if (state == State.OPEN || state == State.FAILED || (state == State.UNKNOWN && begunBySql)) {
      try (Statement statement = connection().createStatement()) {
        statement.execute("rollback");
      }
    }
  }

  /** {@return the marks in the transaction, the innermost one last} */
  Deque<Mark> marks() {
    return marks;
  }

  /** Records that a body has set a savepoint of its own. */
  void setByHand(java.sql.Savepoint savepoint) {
    if (isInTransaction()) {
      byHand.put(savepoint, List.copyOf(marks));
    }
  }

  /** {@return whether marks were set after a body's savepoint, and are still there} */
  boolean hasMarksAfter(java.sql.Savepoint savepoint) {
    List<Mark> before = byHand.get(savepoint);
    return before != null && !before.containsAll(marks);
  }

  String nextSavepoint() {
    return "withal_" + savepoints.incrementAndGet();
  }
}
