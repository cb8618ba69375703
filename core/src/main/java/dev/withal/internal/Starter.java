package dev.withal.internal;

import java.lang.System.Logger.Level;
import java.util.ServiceLoader;

/** A service that begins to trace as the first context is entered, if a system property says so. */
public interface Starter {

  /** The system property: on, or else off. */
  String PROPERTY = "dev.withal.insight";

  /** Begins to trace. */
  void start();

  /**
   * Starts what there is, if that is wanted. It never throws, as whoever enters must not suffer.
   */
  static void startIfWanted() {
    try {
      if ("on".equals(System.getProperty(PROPERTY))) {
        ServiceLoader.load(Starter.class, Starter.class.getClassLoader())
            .findFirst()
            .orElseThrow(() ->
                new IllegalStateException(
                    "-D" + PROPERTY + "=on needs the module withal-insight: add it"))
            .start();
      }
    } catch (Throwable failure) {
      System.getLogger("dev.withal").log(Level.WARNING, "Insight can't be started", failure);
    }
  }
}
