package dev.withal.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Code of the application that a pool calls with its connections: when one is opened, when it is
 * lent, and when it has come back.
 *
 * <p>A hook is given the data source's own connection, which is not guarded, and which no context
 * has at that time. The hook must leave it open and outside of a transaction. It may block. When a
 * connection is opened or lent, the hook is called where the driver is called; when one has come
 * back, on a virtual thread. It has a bound: past it the connection is aborted, which makes the
 * driver fail. If a hook throws anything, or doesn't end after that either, the connection is
 * discarded, and its place in the pool is free.
 *
 * <p>Immutable and thread-safe. Hooks must be thread-safe too, as one may be called with several
 * connections at the same time. A null argument is refused with a {@link NullPointerException}.
 */
public final class PoolHooks {

  /** No hooks. */
  public static final PoolHooks NONE = new PoolHooks(null, null, null);

  private final @Nullable Hook open;
  private final @Nullable Hook lend;
  private final @Nullable Hook back;

  private PoolHooks(@Nullable Hook open, @Nullable Hook lend, @Nullable Hook back) {
    this.open = open;
    this.lend = lend;
    this.back = back;
  }

  /** A function that is called with a connection. */
  @FunctionalInterface
  public interface Hook {

    /**
     * Does something with a connection that no context has.
     *
     * @param connection the data source's own
     * @throws SQLException if the connection must be discarded
     */
    void call(Connection connection) throws SQLException;
  }

  /**
   * {@return these hooks with the given one for connections that were opened}
   *
   * <p>It is called again after a session was {@linkplain PoolSettings.Reset reset}, as that undoes
   * the hook's settings. It has as long as opening may take. If it fails for a connection that is
   * being opened, the enter fails with its error. If it fails for one that has come back, the
   * failure is logged.
   *
   * @param hook the hook to call
   */
  public PoolHooks onOpen(Hook hook) {
    return new PoolHooks(Objects.requireNonNull(hook, "hook"), lend, back);
  }

  /**
   * {@return these hooks with the given one for connections that are about to be lent}
   *
   * <p>With such a hook, each enter calls the executor. It has as long as opening may take. If it
   * fails for a connection that the pool has kept, the failure is logged and another connection is
   * taken. If it fails for one that was opened for this enter, the enter fails with its error.
   *
   * @param hook the hook to call
   */
  public PoolHooks onLend(Hook hook) {
    return new PoolHooks(open, Objects.requireNonNull(hook, "hook"), back);
  }

  /**
   * {@return these hooks with the given one for connections that have come back}
   *
   * <p>It is called when the body's transaction is over, before the session is reset, and not for
   * connections that are discarded anyway. It has as long as a cancelled call. A transaction that
   * it begins and leaves open is rolled back. If it fails, the failure is logged, and the result of
   * the use doesn't change.
   *
   * @param hook the hook to call
   */
  public PoolHooks onReturn(Hook hook) {
    return new PoolHooks(open, lend, Objects.requireNonNull(hook, "hook"));
  }

  @Nullable Hook open() {
    return open;
  }

  @Nullable Hook lend() {
    return lend;
  }

  @Nullable Hook back() {
    return back;
  }

  @Override
  public String toString() {
    return "PoolHooks{open=" + open + ", lend=" + lend + ", return=" + back + "}";
  }
}
