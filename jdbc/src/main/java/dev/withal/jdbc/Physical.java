package dev.withal.jdbc;

import dev.withal.database.internal.Bound;
import dev.withal.database.internal.Kept;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A driver's connection, for as long as it is open.
 *
 * <p>Design: a call that the network has swallowed holds the driver's locks, so nothing but {@code
 * abort} may be called then, and even that on a thread of its own. Whoever aborts a connection
 * makes the calls on it fail; what comes afterwards leaves the driver alone.
 */
final class Physical implements Kept {
  private final Connection connection;
  private final AtomicBoolean aborted = new AtomicBoolean();
  private final Age age = new Age();

  private volatile @Nullable Native beyond;

  Physical(Connection connection) {
    this.connection = connection;
  }

  Connection connection() {
    return connection;
  }

  /** {@return what its driver can do beyond JDBC} */
  Native beyond() throws SQLException {
    Native known = beyond;
    if (known == null) {
      known = Native.of(connection);
      beyond = known;
    }
    return known;
  }

  /** {@return whether a transaction is known to begin on it without asking a server} */
  boolean beginsUnasked() {
    Native known = beyond;
    return known != null && known.beginsUnasked();
  }

  /** {@return whether the session is as it was when it was opened} Blocks. */
  boolean reset() throws SQLException {
    Native known = beyond();
    return switch (known.dialect()) {
      case POSTGRESQL -> resetPostgresql();
      case MARIADB -> false;
      // Schema and catalog are put back by JDBC, and a database in memory ends with its connection.
      case OTHER -> connection.getMetaData().getDatabaseProductName().equals("H2");
    };
  }

  /** The driver has set two things by SQL when it opened the session. */
  private boolean resetPostgresql() throws SQLException {
    String application = connection.getClientInfo("ApplicationName");
    try (Statement statement = connection.createStatement()) {
      statement.execute("discard all");
      statement.execute("set extra_float_digits = 3");
    }
    if (application != null && !application.isEmpty()) {
      connection.setClientInfo("ApplicationName", application);
    }
    return true;
  }

  @Override
  public Age age() {
    return age;
  }

  /** Closes it by force, on a thread of its own; does nothing the second time. */
  void abort() {
    if (aborted.compareAndSet(false, true)) {
      Calls.startSurely(
          VirtualThreads.EACH,
          () -> {
            connection.abort(VirtualThreads.EACH);
            return null;
          });
    }
  }

  boolean isAborted() {
    return aborted.get();
  }

  /** {@return whether it says in time that it works} Blocks; one that doesn't is aborted. */
  boolean isValid(Duration limit) throws SQLException {
    var answered = new CompletableFuture<>();
    Bound.on(answered, limit, this::abort);
    try {
      return connection.isValid(seconds(limit)) && !isAborted();
    } catch (SQLException error) {
      if (isAborted()) {
        return false;
      }
      throw error;
    } finally {
      answered.complete(null);
    }
  }

  private static int seconds(Duration limit) {
    return Math.toIntExact(Math.clamp(limit.plusMillis(999).toSeconds(), 1, Integer.MAX_VALUE));
  }

  /** On a thread of its own. Nobody who has it is there to be told of a failure. */
  @Override
  public CompletableFuture<Void> closeAside(Duration limit) {
    CompletableFuture<Void> closed =
        Calls.startSurely(
            VirtualThreads.EACH,
            () -> {
              connection.close();
              return null;
            });
    Bound.on(
        closed,
        limit,
        () -> {
          abort();
          Bound.on(closed, Bound.LAST, () -> closed.complete(null));
        });
    return closed;
  }

  /** Closes what nobody else may have. Blocks, unless a call may still have the driver's locks. */
  void discard(Duration limit) throws SQLException {
    if (isAborted()) {
      closeAside(limit);
      return;
    }
    aborted.set(true);
    connection.abort(Runnable::run);
    connection.close();
  }
}
