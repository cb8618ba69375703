package dev.withal;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** Tells of what no caller is left to be told: those who asked have had their answer. */
final class Reports {
  private static final Logger LOG = System.getLogger("dev.withal");

  private Reports() {}

  static void failure(String what, Throwable error) {
    LOG.log(Level.WARNING, what, error);
  }

  static void overlap(Object manager) {
    LOG.log(
        Level.WARNING,
        "{0} is exited although the body still runs: it did not end within the grace period",
        manager);
  }
}
