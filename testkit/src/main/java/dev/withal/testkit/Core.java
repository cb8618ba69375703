package dev.withal.testkit;

import dev.withal.Async;
import java.lang.invoke.MethodHandles;

/** Core, which lets the testkit in before a class is loaded that uses its internal package. */
final class Core {
  static {
    try {
      MethodHandles.lookup().ensureInitialized(Async.class);
    } catch (IllegalAccessException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private Core() {}

  static void letIn() {}
}
