package dev.withal.r2dbc;

import dev.withal.database.internal.Bound;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Calls the hooks of a pool, each within its bound.
 *
 * <p>Design: a failing hook fails the enter of a caller that gets a new connection. In all other
 * cases the failure is logged, since another connection is available, or since the use already has
 * its correct result. The caller of this class discards the connection.
 *
 * @param pool the pool's name, for messages
 * @param settings the settings with the hooks and their bounds
 */
record Hooked(String pool, PoolSettings settings) {
  private static final Logger LOG = System.getLogger("dev.withal.r2dbc");

  /** Called when a connection was opened. {@return the end of the hook, which the caller bounds} */
  CompletableFuture<@Nullable Void> opened(PhysicalConnection physical) {
    return begun(settings.hooks().open(), physical);
  }

  /**
   * Called when a connection will be lent. {@return the end of the hook, which the caller bounds}
   */
  CompletableFuture<@Nullable Void> lends(PhysicalConnection physical) {
    return begun(settings.hooks().lend(), physical);
  }

  /** {@return whether there is a hook for connections that have come back} */
  boolean heedsReturns() {
    return settings.hooks().back() != null;
  }

  /**
   * Called when a connection has come back. {@return the end of the hook, whose failure dooms it}
   */
  CompletableFuture<@Nullable Void> back(PhysicalConnection physical) {
    return surely("onReturn", settings.hooks().back(), physical);
  }

  /** Called when a session was reset. {@return the end of the hook, whose failure dooms it} */
  CompletableFuture<@Nullable Void> putBack(PhysicalConnection physical) {
    return surely("onOpen", settings.hooks().open(), physical);
  }

  /** Logs the failure of a hook of which no caller is told. */
  void log(String hook, Throwable error) {
    LOG.log(
        Level.WARNING,
        pool + ": the hook " + hook + " failed, so the connection is discarded",
        Failure.unwrapped(error));
  }

  private CompletableFuture<@Nullable Void> surely(
      String name, PoolHooks.@Nullable Hook hook, PhysicalConnection physical) {
    if (hook == null) {
      return Failure.none();
    }
    return Bound.within(
            settings.bounds().cancel(),
            begun(hook, physical),
            physical::abort,
            PhysicalConnection::closedByForce)
        .exceptionally(error -> {
          physical.doom();
          log(name, error);
          return null;
        });
  }

  private static CompletableFuture<@Nullable Void> begun(
      PoolHooks.@Nullable Hook hook, PhysicalConnection physical) {
    if (hook == null) {
      return Failure.none();
    }
    var ended = new CompletableFuture<@Nullable Void>();
    try {
      Objects.requireNonNull(
              hook.call(physical.unwrap()), "a hook of the pool returned null instead of a stage")
          .whenComplete((ignored, error) -> {
            if (error == null) {
              ended.complete(null);
            } else {
              ended.completeExceptionally(Failure.unwrapped(error));
            }
          });
    } catch (Throwable error) {
      ended.completeExceptionally(error);
    }
    return ended;
  }
}
