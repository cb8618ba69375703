package dev.withal.jdbc;

import dev.withal.database.Bounds;
import dev.withal.database.internal.Bound;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Calls the hooks of a pool, each within its bound.
 *
 * <p>Design: a failing hook fails the enter of a caller that gets a new connection. In all other
 * cases the failure is logged, since another connection is available, or since the use already has
 * its correct result. The caller of this class discards the connection. A hook that an exit calls
 * has a thread of its own, since the exit may be on the caller's, and a hook may never end.
 *
 * @param pool the pool's name, for messages
 * @param hooks the hooks
 * @param bounds the bounds on each hook
 */
record Hooked(String pool, PoolHooks hooks, Bounds bounds) {
  private static final Logger LOG = System.getLogger("dev.withal.jdbc");

  /** Called when a connection was opened and will be lent. Blocks. */
  void opened(Physical physical, Duration left) throws SQLException {
    Duration limit = Bound.shorter(bounds.connect(), left);
    if (hooks.open() != null) {
      physical.call(hooks.open(), limit);
    }
    if (hooks.lend() != null) {
      physical.call(hooks.lend(), limit);
    }
  }

  /** Called when a kept connection will be lent. {@return whether it may be lent} Blocks. */
  boolean lends(Physical physical, Duration left) {
    if (hooks.lend() == null) {
      return true;
    }
    try {
      physical.call(hooks.lend(), Bound.shorter(bounds.connect(), left));
      return true;
    } catch (Throwable error) {
      log("onLend", error);
      return false;
    }
  }

  /** {@return whether there is a hook for connections that have come back} */
  boolean heedsReturns() {
    return hooks.back() != null;
  }

  /** Called when a connection has come back; dooms it if the hook fails. Blocks. */
  void back(Session session) {
    call("onReturn", hooks.back(), session);
  }

  /** Called when a session was reset, to set it up again; dooms it if the hook fails. Blocks. */
  void putBack(Session session) {
    call("onOpen", hooks.open(), session);
  }

  private void call(String name, PoolHooks.@Nullable Hook hook, Session session) {
    if (hook == null) {
      return;
    }
    Throwable failure =
        session
            .physical()
            .callAside(hook, bounds.cancel())
            .<@Nullable Throwable>handle((ignored, error) -> error)
            .join();
    if (failure != null) {
      log(name, failure);
      session.doom();
    }
  }

  private void log(String name, Throwable failure) {
    LOG.log(
        Level.WARNING,
        pool + ": the hook " + name + " failed, so the connection is discarded",
        failure);
  }
}
