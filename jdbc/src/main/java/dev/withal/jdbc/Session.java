package dev.withal.jdbc;

import dev.withal.ExitCase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

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
  }

  /** Puts back what was kept. Blocks. */
  void restore() throws SQLException {
    settings.restore();
  }

  /** Dooms the connection if a statement's error says that it is broken. */
  void heed(Throwable error) {
    if (error instanceof SQLException failure && isBroken(failure)) {
      doom();
    }
  }

  private static boolean isBroken(SQLException error) {
    String state = error.getSQLState();
    return error instanceof SQLRecoverableException
        || error instanceof SQLNonTransientConnectionException
        || state != null && (state.startsWith("08") || state.startsWith("57P"));
  }

  /** {@return whether no other transaction has the connection} */
  boolean enterTransaction() {
    return IN_TRANSACTION.add(connection());
  }

  void leaveTransaction() {
    IN_TRANSACTION.remove(connection());
  }

  boolean isInTransaction() {
    return IN_TRANSACTION.contains(connection());
  }

  String nextSavepoint() {
    return "withal_" + savepoints.incrementAndGet();
  }
}
