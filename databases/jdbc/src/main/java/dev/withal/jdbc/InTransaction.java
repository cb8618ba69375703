package dev.withal.jdbc;

import java.sql.Connection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Whether a connection is in a transaction of ours, and whether it is that of this session and
 * being committed.
 *
 * <p>Design: the state of a connection that was never ours is known only to the caller, and such a
 * connection may come here twice; so those that are in a transaction are kept in one place. A
 * session may be late, and its connection in the transaction of a later one.
 */
final class InTransaction {
  private static final Set<Connection> ALL =
      Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));

  private final Connection connection;
  private final AtomicBoolean ours = new AtomicBoolean();
  private volatile boolean committing;

  InTransaction(Connection connection) {
    this.connection = connection;
  }

  /** {@return whether the connection was in no other transaction} */
  boolean enter() {
    boolean first = ALL.add(connection);
    if (first) {
      committing = false;
      ours.set(true);
    }
    return first;
  }

  /** {@return whether the connection was in the session's own transaction, which it leaves} */
  boolean leave() {
    return ours.compareAndSet(true, false) && ALL.remove(connection);
  }

  /** Records that the driver is about to be told to commit. */
  void commits() {
    committing = true;
  }

  /** Records that the driver has committed or refused to, so that the outcome is known. */
  void knowsOutcome() {
    committing = false;
  }

  /** {@return whether the driver was told to commit, and the outcome isn't known} */
  boolean isCommitting() {
    return committing;
  }

  boolean isOurs() {
    return ours.get();
  }

  boolean isThere() {
    return ALL.contains(connection);
  }
}
