package dev.withal.stress.races;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/** Delays an actor that races a timer: a timer takes longer to start than an actor to act. */
final class Pause {
  private static final int LONGEST_NANOS = 200_000;

  private Pause() {}

  /** Parks for a random while, which is none half of the time. */
  static void some() {
    int nanos = ThreadLocalRandom.current().nextInt(-LONGEST_NANOS, LONGEST_NANOS);
    if (nanos > 0) {
      LockSupport.parkNanos(nanos);
    }
  }
}
