package dev.withal.jdbc;

import dev.withal.database.Bounds;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A source of connections. */
interface Source {
  /** The time that an enter has for getting a connection. */
  interface Time {
    /**
     * {@return how long the rest may take; always positive}
     *
     * @throws SQLException if the enter was given up, and its place may have another holder
     */
    Duration left() throws SQLException;
  }

  /** Called when a connection will be taken. */
  void taking();

  /** Called when a body has the connection. */
  void lent();

  /** Called when the connection is on its way back. */
  void exits();

  /** Called when no connection was available in time. */
  void timedOut();

  /** Called when the connection is back, or when there was none. Further calls have no effect. */
  void ended();

  /** {@return how long taking a connection may last} */
  Duration limit();

  /**
   * {@return a usable connection that is available without asking a server; null if there is none}
   */
  @Nullable Physical kept(Predicate<Physical> will);

  /**
   * {@return a connection} Blocks.
   *
   * @param time the time for it, so that alternatives can be tried before the limit
   * @throws Unreachable if another attempt may succeed a moment later
   */
  Physical get(Time time) throws SQLException;

  /**
   * {@return a future that completes with true after a pause between two attempts, and with false
   * as soon as nobody awaits another attempt}
   *
   * @param time how long to pause
   */
  CompletableFuture<Boolean> pause(Duration time);

  /** {@return whether giving back an unaltered connection asks no server} */
  boolean keeps();

  /**
   * Called when a sound connection has come back. {@return whether anything was done with it}
   * Blocks if so.
   */
  boolean back(Session session);

  /** Resets the session of a sound connection. Blocks. */
  void reset(Session session) throws SQLException;

  /** Takes back a sound connection. Blocks, unless the connection is kept. */
  void giveBack(Physical physical) throws SQLException;

  /** {@return a failure as it is reported to the caller} */
  SQLException told(SQLException failure);

  Bounds bounds();
}
