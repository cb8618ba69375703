package dev.withal;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Tells errors that belong to one use from errors that are made once and thrown many times: what is
 * added to one of these would gather without end, and tell of other uses.
 *
 * <p>Design: additions are counted, and each use notes the count as it begins. An error that was
 * first added to before this use began existed before it, so it isn't this use's own. One that a
 * nested use added to came by its first addition later. Only errors that were added to are
 * remembered, weakly.
 */
final class SharedErrors {
  private static final AtomicInteger ADDITIONS = new AtomicInteger();
  private static final ConcurrentMap<Key, Additions> RECORDS = new ConcurrentHashMap<>();
  private static final ReferenceQueue<Throwable> GONE = new ReferenceQueue<>();

  /**
   * What was added to one error.
   *
   * @param first what the count was at the first addition
   * @param reachable what is reachable from the error, so that nothing need be searched again
   */
  private record Additions(int first, Set<Key> reachable) {}

  /** An error by its identity. */
  private static final class Key extends WeakReference<Throwable> {
    private final int hash;

    Key(Throwable error, @Nullable ReferenceQueue<Throwable> queue) {
      super(error, queue);
      hash = System.identityHashCode(error);
    }

    @Override
    public int hashCode() {
      return hash;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other == this || (other instanceof Key key && get() != null && get() == key.get());
    }
  }

  private SharedErrors() {}

  /** {@return how many additions there have been, which a use notes as it begins} */
  static int additions() {
    return ADDITIONS.getOpaque();
  }

  /**
   * {@return whether the error is older than a use that began at {@code since}, or tells nothing of
   * where it was thrown}
   */
  static boolean isShared(Throwable error, int since) {
    if (error.getStackTrace().length == 0) {
      return true;
    }
    Additions additions = RECORDS.get(new Key(error, null));
    return additions != null && additions.first - since <= 0;
  }

  /** {@return whether {@code target} is {@code error}, or is reachable from it} */
  static boolean reaches(Throwable error, Throwable target) {
    Additions additions = RECORDS.get(new Key(error, null));
    return additions == null
        ? graph(error).contains(new Key(target, null))
        : additions.reachable.contains(new Key(target, null));
  }

  /**
   * Adds a suppressed exception.
   *
   * @return whether the error took it: one that was made without suppression does not
   */
  static boolean add(Throwable error, Throwable suppressed) {
    for (var gone = GONE.poll(); gone != null; gone = GONE.poll()) {
      RECORDS.remove(gone);
    }
    var key = new Key(error, GONE);
    Additions additions = RECORDS.get(key);
    if (additions == null) {
      int before = error.getSuppressed().length;
      error.addSuppressed(suppressed);
      if (error.getSuppressed().length == before) {
        return false;
      }
      Set<Key> reachable = ConcurrentHashMap.newKeySet();
      additions = new Additions(ADDITIONS.incrementAndGet(), reachable);
      Additions other = RECORDS.putIfAbsent(key, additions);
      additions = other == null ? additions : other;
      additions.reachable.addAll(graph(error));
    } else {
      error.addSuppressed(suppressed);
    }
    additions.reachable.addAll(graph(suppressed));
    return true;
  }

  /** {@return the error and all that is found along its causes and suppressed exceptions} */
  private static Set<Key> graph(Throwable error) {
    var found = new HashSet<Key>();
    var open = new ArrayDeque<Throwable>();
    open.add(error);
    for (Throwable next = open.poll(); next != null; next = open.poll()) {
      if (found.add(new Key(next, null))) {
        Throwable cause = next.getCause();
        if (cause != null) {
          open.add(cause);
        }
        if (next instanceof Failures.Unlinked copy) {
          found.add(new Key(copy.original, null));
        }
        Collections.addAll(open, next.getSuppressed());
      }
    }
    return found;
  }
}
