package dev.withal;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Tells errors that belong to one use from errors that are made once and thrown many times: what is
 * added to one of these would gather without end, and tell of other uses.
 *
 * <p>Design: additions are counted, and each use notes the count as it begins. An error that was first
 * added to before this use began existed before it, so it isn't this use's own. One that a nested use
 * added to came by its first addition later. Only errors that were added to are remembered, weakly.
 */
final class SharedErrors {
  private static final AtomicInteger ADDITIONS = new AtomicInteger();
  private static final ConcurrentMap<Key, Integer> FIRST = new ConcurrentHashMap<>();
  private static final ReferenceQueue<Throwable> GONE = new ReferenceQueue<>();

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
      return other == this
          || (other instanceof Key key && get() != null && get() == key.get());
    }
  }

  private SharedErrors() {}

  /** {@return how many additions there have been, which a use notes as it begins} */
  static int additions() {
    return ADDITIONS.get();
  }

  /**
   * {@return whether the error is older than a use that began at {@code since}, or tells nothing of
   * where it was thrown}
   */
  static boolean isShared(Throwable error, int since) {
    if (error.getStackTrace().length == 0) {
      return true;
    }
    Integer first = FIRST.get(new Key(error, null));
    return first != null && first - since <= 0;
  }

  /** Notes that something was added to the error. */
  static void added(Throwable error) {
    for (var gone = GONE.poll(); gone != null; gone = GONE.poll()) {
      FIRST.remove(gone);
    }
    FIRST.putIfAbsent(new Key(error, GONE), ADDITIONS.incrementAndGet());
  }
}
