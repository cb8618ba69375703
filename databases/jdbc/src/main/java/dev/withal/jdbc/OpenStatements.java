package dev.withal.jdbc;

import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/** The statements that a context's user has opened and not closed. */
final class OpenStatements {
  private final ReentrantLock lock = new ReentrantLock();
  private final Set<Statement> open = Collections.newSetFromMap(new IdentityHashMap<>(2));

  void add(Statement statement) {
    lock.lock();
    try {
      open.add(statement);
    } finally {
      lock.unlock();
    }
  }

  void remove(Statement statement) {
    lock.lock();
    try {
      open.remove(statement);
    } finally {
      lock.unlock();
    }
  }

  List<Statement> all() {
    lock.lock();
    try {
      return List.copyOf(open);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Closes them all; blocks.
   *
   * @param closed called with each one that is closed
   */
  void close(Consumer<Statement> closed) throws SQLException {
    SQLException failure = null;
    for (Statement statement : all()) {
      try {
        statement.close();
        closed.accept(statement);
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
}
