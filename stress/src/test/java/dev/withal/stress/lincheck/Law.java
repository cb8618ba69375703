package dev.withal.stress.lincheck;

import java.util.Objects;

/** Checks after a run; Lincheck calls equals on what it meets, which AssertJ doesn't bear. */
final class Law {
  private Law() {}

  static void equal(String what, Object actual, Object expected) {
    if (!Objects.equals(actual, expected)) {
      throw new IllegalStateException(what + ": expected " + expected + ", but was " + actual);
    }
  }
}
