package dev.withal.leases.postgresql;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/**
 * Whose turn it is to ask for a lease, of those that wait for it in this process: one asks, the
 * others come after it in the order of their calls.
 */
final class Turns {
  private static final class Turn {
    final Semaphore asking = new Semaphore(1, true);

    /** Changed only where the map computes. */
    int waiting;
  }

  private final Map<String, Turn> turns = new ConcurrentHashMap<>();

  void await(String key) throws InterruptedException {
    Turn turn =
        turns.compute(
            key,
            (ignored, known) -> {
              Turn there = known == null ? new Turn() : known;
              there.waiting++;
              return there;
            });
    try {
      turn.asking.acquire();
    } catch (InterruptedException givenUp) {
      leave(key);
      throw givenUp;
    }
  }

  void end(String key) {
    Turn turn = turns.get(key);
    if (turn != null) {
      turn.asking.release();
      leave(key);
    }
  }

  private void leave(String key) {
    turns.computeIfPresent(key, (ignored, turn) -> --turn.waiting == 0 ? null : turn);
  }
}
