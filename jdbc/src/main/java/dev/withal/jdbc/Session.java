package dev.withal.jdbc;

import dev.withal.ExitCase;
import java.sql.Connection;
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

  private final Connection connection;
  private final Executor executor;
  private final AtomicInteger savepoints = new AtomicInteger();
  private volatile boolean doomed;
  private volatile boolean altered;

  Session(Connection connection, Executor executor) {
    this.connection = connection;
    this.executor = executor;
  }

  Connection connection() {
    return connection;
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

  /** {@return whether no other transaction has the connection} */
  boolean enterTransaction() {
    return IN_TRANSACTION.add(connection);
  }

  void leaveTransaction() {
    IN_TRANSACTION.remove(connection);
  }

  boolean isInTransaction() {
    return IN_TRANSACTION.contains(connection);
  }

  String nextSavepoint() {
    return "withal_" + savepoints.incrementAndGet();
  }
}
