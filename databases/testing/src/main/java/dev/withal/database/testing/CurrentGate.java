package dev.withal.database.testing;

import dev.withal.AsyncContextManager;
import dev.withal.testkit.Gate;
import dev.withal.testkit.ManagerLaws;

/**
 * The gate of the manager that the law suite looks at now, for something that stands behind all of
 * them, as a pool does. Before the suite and after it, the gate is open.
 */
public final class CurrentGate {
  private volatile Gate gate = opened();

  /** {@return the gate at this moment} */
  public Gate get() {
    return gate;
  }

  /** {@return the law suite of managers that are the same one each time} */
  public <T> ManagerLaws<T> laws(AsyncContextManager<T> manager) {
    return ManagerLaws.of(own -> {
      gate = own;
      return manager;
    });
  }

  /** Lets through what comes after the suite. */
  public void open() {
    gate = opened();
  }

  private static Gate opened() {
    var open = new Gate();
    open.open();
    return open;
  }
}
