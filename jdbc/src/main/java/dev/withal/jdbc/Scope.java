package dev.withal.jdbc;

import dev.withal.Async;
import dev.withal.ExitCase;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What one context's body does with the connection: the calls under way and the open statements.
 *
 * <p>Design: a body that was cancelled may have left a thread behind. What that sends after a
 * rollback would take effect on its own, and what it sends after the connection went back, in
 * somebody else's transaction. So each call is made inside; the exit closes the scope, cancels what
 * runs unless the body succeeded, and goes on when nobody is inside any more.
 */
final class Scope {
  private final String name;
  private final Session session;
  private final ReentrantLock lock = new ReentrantLock();
  private final Set<DriverCall> calls = fewByIdentity();
  private final Set<Statement> open = fewByIdentity();
  private final CompletableFuture<@Nullable Void> empty = new CompletableFuture<>();
  private boolean closed;

  /**
   * @param name the context's, for messages
   * @param session what the calls are made on
   */
  Scope(String name, Session session) {
    this.name = name;
    this.session = session;
  }

  private static <T> Set<T> fewByIdentity() {
    return Collections.newSetFromMap(new IdentityHashMap<>(2));
  }

  String name() {
    return name;
  }

  /**
   * Makes a call to the driver, and waits for it.
   *
   * @param statement what runs; null if nothing does that can be cancelled
   */
  @Nullable Object call(@Nullable Statement statement, Callable<?> call) throws SQLException {
    Async.refuseEventLoop("a call to the driver", "Jdbc.callAsync");
    return begin(statement, call).await();
  }

  private DriverCall begin(@Nullable Statement statement, Callable<?> call) {
    var begun = new DriverCall(name, session, statement, call);
    lock.lock();
    try {
      requireOpen();
      calls.add(begun);
    } finally {
      lock.unlock();
    }
    begun.ended().whenComplete((_, _) -> ended(begun));
    begun.start();
    return begun;
  }

  private void ended(DriverCall call) {
    boolean last;
    lock.lock();
    try {
      calls.remove(call);
      last = closed && calls.isEmpty();
    } finally {
      lock.unlock();
    }
    if (last) {
      empty.complete(null);
    }
  }

  void opened(Statement statement) {
    lock.lock();
    try {
      open.add(statement);
    } finally {
      lock.unlock();
    }
  }

  void closed(Statement statement) {
    lock.lock();
    try {
      open.remove(statement);
    } finally {
      lock.unlock();
    }
  }

  /** Refuses who comes after the exit. */
  void requireOpen() {
    if (isClosed()) {
      throw new IllegalStateException(
          name + " has ended, so this isn't done: use its connection in the body only");
    }
  }

  boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Lets no call through any more, and cancels what runs unless the body succeeded. {@return a
   * future that completes when nothing runs}
   */
  CompletableFuture<@Nullable Void> close(ExitCase how) {
    List<DriverCall> running;
    lock.lock();
    try {
      closed = true;
      running = List.copyOf(calls);
    } finally {
      lock.unlock();
    }
    if (running.isEmpty()) {
      empty.complete(null);
    } else if (how.error() != null) {
      running.forEach(DriverCall::stop);
    }
    return empty;
  }

  boolean hasStatements() {
    return !left().isEmpty();
  }

  /** Closes the statements that are still open; blocks. Those of what was aborted are closed. */
  void closeStatements() throws SQLException {
    if (session.isAborted()) {
      return;
    }
    SQLException failure = null;
    for (Statement statement : left()) {
      try {
        statement.close();
      } catch (SQLException error) {
        if (failure == null) {
          failure = error;
        } else {
          failure.addSuppressed(error);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  private List<Statement> left() {
    lock.lock();
    try {
      return List.copyOf(open);
    } finally {
      lock.unlock();
    }
  }
}
