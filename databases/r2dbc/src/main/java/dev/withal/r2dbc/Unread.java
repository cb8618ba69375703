package dev.withal.r2dbc;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The statements on a connection that were cancelled after a result was handed out, which nobody
 * has begun to read yet.
 *
 * <p>Design: whoever has the result may still read it: {@code Mono.from} and the like cancel before
 * they hand on the first result. But a driver keeps the connection busy until it is read. So it is
 * dropped when the next statement or step comes, or when a context exits.
 */
final class Unread {
  private final Queue<Passage> cancelled = new ConcurrentLinkedQueue<>();

  void add(Passage passage) {
    cancelled.add(passage);
  }

  /** Drops the results, so that the driver continues and releases them. */
  void drop() {
    for (Passage next; (next = cancelled.poll()) != null; ) {
      next.dropUnread();
    }
  }
}
