package dev.withal.jdbc;

import dev.withal.database.internal.Bound;
import dev.withal.database.internal.Kept;
import dev.withal.database.internal.SqlDialect;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A driver's connection, from its opening to its closing.
 *
 * <p>Design: a call whose packets the network has lost holds the driver's locks, so only {@code
 * abort} may be called then, and even that on a thread of its own. Aborting a connection makes the
 * calls on it fail; later calls don't reach the driver.
 */
final class Physical implements Kept {
  private static final Logger LOG = System.getLogger("dev.withal.jdbc");
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);

  /** How long a hook has after an abort: less than its exit, whose result it mustn't change. */
  private static final Duration LAST_OF_HOOK = Bound.LAST.dividedBy(2);

  private final Connection connection;
  private final AtomicBoolean aborted = new AtomicBoolean();
  private final Age age = new Age();

  private volatile @Nullable Native beyond;

  /** The name that the driver has told the server; null if it isn't known. */
  private volatile @Nullable String application;

  /** The session as it was opened; null on other databases. */
  private volatile @Nullable H2Session h2;

  private volatile boolean autoCommit = true;

  /** The hook that was called last on a thread of its own; null if none was. */
  private volatile @Nullable CompletableFuture<@Nullable Void> hooked;

  Physical(Connection connection) {
    this.connection = connection;
  }

  Connection connection() {
    return connection;
  }

  /** {@return the driver's abilities beyond JDBC} */
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

  /** {@return the driver's abilities, without asking it; null if it hasn't been asked yet} */
  @Nullable Native known() {
    return beyond;
  }

  /** {@return whether the driver is known to read from a socket, and from nothing else} */
  boolean readsSockets() {
    Native known = beyond;
    return known != null && known.dialect() != SqlDialect.OTHER;
  }

  /**
   * {@return whether the driver is known to close its socket as soon as the connection is aborted}
   * MariaDB's opens another connection first, to kill the session.
   */
  boolean closesSocketAtOnce() {
    Native known = beyond;
    return known != null && known.dialect() == SqlDialect.POSTGRESQL;
  }

  /** Resets the session. {@return whether it is now as it was when it was opened} Blocks. */
  boolean reset() throws SQLException {
    Native known = beyond();
    return switch (known.dialect()) {
      case POSTGRESQL -> resetPostgresql();
      case MARIADB -> false;
      case OTHER -> resetH2();
    };
  }

  /**
   * Called when the connection was opened. Later, the driver gives the name that the server has
   * told it last, which may be one that a body has set.
   */
  void opened() throws SQLException {
    autoCommit = connection.getAutoCommit();
    switch (beyond().dialect()) {
      case POSTGRESQL -> application = connection.getClientInfo("ApplicationName");
      case MARIADB -> {}
      case OTHER -> h2 = H2Session.of(connection);
    }
  }

  /**
   * {@return whether each statement was a transaction of its own when the connection was opened}
   */
  boolean isAutoCommit() {
    return autoCommit;
  }

  /** A database in memory ends with its connection. */
  private boolean resetH2() throws SQLException {
    H2Session opened = h2;
    if (opened != null) {
      opened.restore(connection);
    }
    return opened != null;
  }

  /** Undoes the timeouts that bodies have set for statements, if they outlast these. Blocks. */
  void restoreQueryTimeout() throws SQLException {
    H2Session opened = h2;
    if (opened != null) {
      opened.restoreQueryTimeout(connection);
    }
  }

  /** Resets the session, and repeats the settings that the driver made by SQL when it opened it. */
  private boolean resetPostgresql() throws SQLException {
    String name = application;
    try (Statement statement = connection.createStatement()) {
      statement.execute("discard all");
      statement.execute("set extra_float_digits = 3");
    }
    if (name != null && !name.isEmpty()) {
      connection.setClientInfo("ApplicationName", name);
    }
    return true;
  }

  @Override
  public Age age() {
    return age;
  }

  /** Closes the connection by force, on a thread of its own; does nothing the second time. */
  void abort() {
    if (aborted.compareAndSet(false, true)) {
      Calls.startSurely(
          VirtualThreads.EACH,
          () -> {
            abortOrClose();
            return null;
          });
      leaveHookAlone();
    }
  }

  /** Whoever has asked for it awaits nothing, so a failure is logged. */
  private void abortOrClose() {
    try {
      connection.abort(VirtualThreads.EACH);
    } catch (Throwable unsupported) {
      try {
        connection.close();
      } catch (Throwable error) {
        if (error != unsupported) {
          error.addSuppressed(unsupported);
        }
        LOG.log(Level.WARNING, "a connection could be neither aborted nor closed", error);
      }
    }
  }

  private void leaveHookAlone() {
    CompletableFuture<@Nullable Void> called = hooked;
    if (called != null) {
      Bound.on(
          called,
          LAST_OF_HOOK,
          () ->
              called.completeExceptionally(
                  new SQLTimeoutException(
                      "a hook of the pool ended neither in time nor when the connection was"
                          + " aborted after that",
                      "08006")));
    }
  }

  boolean isAborted() {
    return aborted.get();
  }

  /**
   * If the connection was aborted, or the driver has given it up, asks the server to cancel what it
   * may still run for it. A server that computes takes no notice of a client that has gone, and
   * would go on to the statement's end.
   *
   * <p>Nobody hears whether a request came in time: the server passes over one that comes before it
   * has begun. So it is repeated, ever more rarely, until the limit, or until one fails: the server
   * has ended the session, or is out of reach.
   */
  void cancelIfLost(Duration limit) {
    cancelIfLost(FIRST_PAUSE, limit);
  }

  /** The driver is asked on a thread of its own: an interrupting thread may have come here. */
  private void cancelIfLost(Duration pause, Duration left) {
    Calls.startSurely(
            VirtualThreads.EACH,
            () -> (isAborted() || beyond().isClosed()) && beyond().cancelEvenIfClosed())
        .whenComplete((sent, failure) -> {
          if (failure == null && sent && pause.compareTo(left) < 0) {
            Bound.after(pause, () -> cancelIfLost(pause.multipliedBy(2), left.minus(pause)));
          }
        });
  }

  /** {@return whether the connection answers in time that it works} Blocks; aborts it if not. */
  boolean isValid(Duration limit) throws SQLException {
    CompletableFuture<@Nullable Void> answered = abortedAfter(limit);
    try {
      boolean valid = connection.isValid(seconds(limit));
      return !isLate(answered) && valid;
    } catch (Throwable error) {
      if (isLate(answered)) {
        return false;
      }
      throw error;
    }
  }

  /**
   * {@return a future that the first one completes: the caller of the driver, or the bound, which
   * then aborts the connection}
   */
  private CompletableFuture<@Nullable Void> abortedAfter(Duration limit) {
    var ended = new CompletableFuture<@Nullable Void>();
    Bound.on(
        ended,
        limit,
        () -> {
          if (ended.complete(null)) {
            abort();
          }
        });
    return ended;
  }

  /** Calls a hook with the connection, which is aborted if that takes too long. Blocks. */
  void call(PoolHooks.Hook hook, Duration limit) throws SQLException {
    CompletableFuture<@Nullable Void> ended = abortedAfter(limit);
    try {
      hook.call(connection);
    } catch (Throwable error) {
      if (isLate(ended)) {
        throw tooLong(limit, error);
      }
      throw error;
    }
    if (isLate(ended)) {
      throw tooLong(limit, null);
    }
  }

  /**
   * Calls a hook in the same way, on a thread of its own. {@return a future that completes when the
   * hook has ended; a hook that doesn't end after the abort is left alone}
   */
  CompletableFuture<@Nullable Void> callAside(PoolHooks.Hook hook, Duration limit) {
    CompletableFuture<@Nullable Void> called =
        Calls.startSurely(
            VirtualThreads.EACH,
            () -> {
              call(hook, limit);
              return null;
            });
    hooked = called;
    // Guard against race with an abort, which may not have seen this hook.
    if (isAborted()) {
      leaveHookAlone();
    }
    return called;
  }

  /**
   * Ends a call to the driver. {@return whether the connection is aborted, or will be in a moment}
   */
  private boolean isLate(CompletableFuture<@Nullable Void> ended) {
    return !ended.complete(null) || isAborted();
  }

  private static SQLException tooLong(Duration limit, @Nullable Throwable failure) {
    return new SQLTimeoutException(
        "a hook of the pool didn't end within " + limit + ", so the connection was aborted",
        "08006",
        failure);
  }

  private static int seconds(Duration limit) {
    return Math.toIntExact(Math.clamp(limit.plusMillis(999).toSeconds(), 1, Integer.MAX_VALUE));
  }

  /** Closes on a thread of its own; no holder is left that could be told of a failure. */
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

  /**
   * Closes a connection that nobody else may have. Blocks, unless a call may still hold the
   * driver's locks.
   */
  void discard(Duration limit) throws SQLException {
    if (isAborted()) {
      closeAside(limit);
      return;
    }
    aborted.set(true);
    try (Step ignored = connection::close) {
      connection.abort(Runnable::run);
    }
  }
}
