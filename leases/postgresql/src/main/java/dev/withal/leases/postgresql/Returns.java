package dev.withal.leases.postgresql;

import dev.withal.leases.internal.Grant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/**
 * The leases that are being given back: a crowd of them shares a few statements.
 *
 * <p>Design: a few send at the same time, each for all that wait, so that a crowd neither takes
 * every connection nor runs out of time. Those that a statement is under way for still wait, and
 * may be sent again, which changes nothing: so one or two whose connections are silent delay no
 * other. A statement that fails does so for its sender alone; the others send for themselves.
 */
final class Returns {
  /** How many use the database at the same time. */
  private static final int AT_ONCE = 3;

  private final Statement statement;
  private final Semaphore turn = new Semaphore(AT_ONCE, true);
  private final Set<Grant> waiting = ConcurrentHashMap.newKeySet();

  /** Gives leases back; blocks. Those that aren't held any more are passed over. */
  interface Statement {
    void free(List<Grant> grants) throws Exception;
  }

  Returns(Statement statement) {
    this.statement = statement;
  }

  /** Gives a lease back; blocks. */
  void release(Grant grant) throws Exception {
    waiting.add(grant);
    try {
      turn.acquire();
      try {
        if (waiting.contains(grant)) {
          send(grant);
        }
      } finally {
        turn.release();
      }
    } finally {
      waiting.remove(grant);
    }
  }

  private void send(Grant own) throws Exception {
    List<Grant> all = List.copyOf(waiting);
    try {
      statement.free(all);
      all.forEach(waiting::remove);
    } catch (Exception failure) {
      // Guard against race with another sender, whose statement has freed it meanwhile.
      if (waiting.contains(own)) {
        throw failure;
      }
      if (failure instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
