package dev.withal.jdbc;

import java.sql.SQLException;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The transactions that foreign code begins and ends by hand inside one of ours. Each is a
 * savepoint.
 *
 * <p>Design: as a driver does, it begins one with the first call after auto-commit was turned off,
 * or after the last one has ended. Savepoints of several connections lie in each other in the order
 * in which they were set, and end in reverse order; one that has others inside is refused its end.
 */
final class Nesting {
  private final Session session;

  /** The nesting of the connection that this one is a view of; null if that has none. */
  private final @Nullable Nesting around;

  /** The scope of the enclosing transaction; work left open is undone before that ends. */
  private final Scope outer;

  /**
   * Held while the driver is called, so that two threads that share a connection begin only one.
   */
  private final ReentrantLock lock = new ReentrantLock();

  private volatile boolean autoCommit = true;
  private @Nullable Mark begun;

  Nesting(Session session, @Nullable Nesting around, Scope outer) {
    this.session = session;
    this.around = around;
    this.outer = outer;
  }

  boolean isAutoCommit() {
    return autoCommit;
  }

  /** {@return whether a transaction is open} */
  boolean isOpen() {
    lock.lock();
    try {
      return begun != null;
    } finally {
      lock.unlock();
    }
  }

  /** Begins a transaction if the next call to the driver belongs in one. Blocks. */
  void begin() throws SQLException {
    if (around != null) {
      around.begin();
    }
    lock.lock();
    try {
      requireThere();
      if (!autoCommit && begun == null) {
        begun = Mark.set(session);
        outer.began(this);
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Makes a call by which the user ends a transaction, or begins one by turning auto-commit off. As
   * JDBC specifies, turning it on commits.
   *
   * @param scope the scope in which the driver is called
   * @param method {@code commit}, {@code rollback} or {@code setAutoCommit}
   * @param given the arguments of the call
   */
  void end(Scope scope, String method, @Nullable Object @Nullable [] given) throws SQLException {
    if (given != null) {
      boolean on = (Boolean) Objects.requireNonNull(given[0]);
      if (on) {
        end(scope, this::commit);
      }
      autoCommit = on;
      return;
    }
    if (autoCommit) {
      throw new IllegalStateException(
          scope.name()
              + " is in a transaction that ends with its body, and has begun none inside"
              + " it: turn auto-commit off before calling "
              + method
              + "()");
    }
    end(scope, method.equals("commit") ? this::commit : this::rollBack);
  }

  private void end(Scope scope, Step step) throws SQLException {
    if (isOpen()) {
      requireInnermost(scope);
      scope.call(
          null,
          () -> {
            step.close();
            return null;
          });
    }
  }

  private void requireInnermost(Scope scope) {
    lock.lock();
    try {
      if (begun != null && begun.hasInner()) {
        throw notInnermost(scope);
      }
    } finally {
      lock.unlock();
    }
  }

  /** {@return the error for work that can't be ended, as other work inside it is open} */
  static IllegalStateException notInnermost(Scope scope) {
    return new IllegalStateException(
        "a transaction that was begun inside that of "
            + scope.name()
            + " is still open: end that one first");
  }

  /** Refuses to go on in a transaction that was undone with the one around it. */
  private void requireThere() throws SQLException {
    if (begun != null && !begun.isThere()) {
      throw new SQLException(
          "the transaction was undone with the one around it: roll it back, and begin another",
          "3B001");
    }
  }

  /** Keeps the work, provided that the enclosing transaction is committed. Blocks. */
  private void commit() throws SQLException {
    lock.lock();
    try {
      Mark mark = begun;
      if (mark != null) {
        requireThere();
        mark.release();
        ended();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Undoes the work. Blocks. */
  void rollBack() throws SQLException {
    lock.lock();
    try {
      Mark mark = begun;
      if (mark != null) {
        mark.rollBack();
        mark.release();
        ended();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Marks it as gone with the enclosing transaction, on which no more calls may be made. */
  void forget() {
    lock.lock();
    try {
      ended();
    } finally {
      lock.unlock();
    }
  }

  private void ended() {
    begun = null;
    outer.ended(this);
  }
}
