package dev.withal.database.internal;

import dev.withal.database.PoolListener;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** The listeners of a pool. None is called under a lock. */
public final class Listeners {
  private static final Logger LOG = System.getLogger("dev.withal.database");
  private static final PoolListener[] NOBODY = {};

  private final String pool;
  private final AtomicReference<PoolListener[]> all = new AtomicReference<>(NOBODY);

  Listeners(String pool) {
    this.pool = pool;
  }

  /** {@return whether there is a listener; otherwise nothing need be measured} */
  public boolean areThere() {
    return all.get() != NOBODY;
  }

  /**
   * Adds a listener.
   *
   * @param listener the listener, told of all events from here on
   */
  public void add(PoolListener listener) {
    all.updateAndGet(before -> {
      PoolListener[] more = Arrays.copyOf(before, before.length + 1);
      more[before.length] = listener;
      return more;
    });
  }

  /**
   * Tells all listeners of an event.
   *
   * @param what calls a listener
   */
  public void tell(Consumer<PoolListener> what) {
    for (PoolListener listener : all.get()) {
      try {
        what.accept(listener);
      } catch (Throwable error) {
        LOG.log(Level.WARNING, "a listener of " + pool + " failed", error);
      }
    }
  }

  /** Tells all listeners that the pool is closed. */
  public void close() {
    tell(PoolListener::closed);
    all.set(NOBODY);
  }
}
