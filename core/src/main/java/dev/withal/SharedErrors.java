package dev.withal;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Knows who may add to an error: one exception may be thrown by many uses at once, and what is
 * added for one of them would tell the callers of the others.
 *
 * <p>Design. The first use that adds to an error <em>holds</em> it; others wrap it. A use that ends
 * with it hands it on, and what it is nested in holds it then. That it comes from there, and not by
 * another way, is known in three cases: the outer use awaits the inner one's future; it is told
 * inside of the call that completes that ({@link #handing}); or the inner one has handed it to the
 * thread. That may be by a future that had failed already, while the thread ran a function of the
 * outer one, which then throws it or returns a stage that has failed with it; or by throwing it,
 * and then the thread may also complete what the outer one awaits. As the thread may have seen it
 * before that, additions are counted, and each use notes the count as it calls a function. Where
 * none of the three holds, the error is wrapped, and nothing is lost: a thread that has read an
 * error may well be the one that completes what other uses wait for.
 *
 * <p>Errors are remembered weakly, and so are their holders. Known are those too that were searched
 * through once, with all that was found behind them: what was found behind no other error isn't
 * behind one that was searched, so nothing is searched twice for it.
 */
final class SharedErrors {
  private static final AtomicInteger ADDITIONS = new AtomicInteger();

  /** By {@link Key}, looked up by {@link Lookup}. */
  private static final ConcurrentMap<Object, Known> KNOWN = new ConcurrentHashMap<>();

  private static final ReferenceQueue<Throwable> GONE = new ReferenceQueue<>();
  private static final ThreadLocal<Object> HANDING = new ThreadLocal<>();

  /** Holds what takes no suppressed exceptions: nobody. */
  private static final Holder NOBODY = new Holder(null, 0, false);

  /** The one that may add to an error, and what the count was at the first addition. */
  private static final class Holder extends WeakReference<@Nullable Object> {
    private final int first;

    /** Whether it is a thread that has only read the error, in the result of a use. */
    private final boolean hasRead;

    Holder(@Nullable Object by, int first, boolean hasRead) {
      super(by);
      this.first = first;
      this.hasRead = hasRead;
    }
  }

  /** What is known of an error: who may add to it, and what searches have found. */
  private static final class Known extends AtomicReference<@Nullable Holder> {
    private static final long serialVersionUID = 1;

    /** Whether it was found behind another error. */
    private volatile boolean isCarried;

    /** Whether all that is behind it was found. */
    private volatile boolean isSearched;
  }

  /** An error by its identity, as it is remembered. */
  private static final class Key extends WeakReference<Throwable> {
    private final int hash;

    Key(Throwable error) {
      super(error, GONE);
      hash = System.identityHashCode(error);
    }

    @Override
    public int hashCode() {
      return hash;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other == this || (other instanceof Key key && get() != null && key.refersTo(get()));
    }
  }

  /** An error by its identity, as it is looked for. */
  private record Lookup(Throwable error) {
    @Override
    public int hashCode() {
      return System.identityHashCode(error);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Key key && key.refersTo(error);
    }
  }

  private SharedErrors() {}

  /** {@return how many errors were added to, which a use notes as it calls a function} */
  static int additions() {
    return ADDITIONS.getOpaque();
  }

  /** Whether no error is known. */
  static boolean areNone() {
    return KNOWN.isEmpty();
  }

  // ---- who holds an error ----------------------------------------------------------------------

  /**
   * Adds a suppressed exception.
   *
   * @return whether {@code by} may, and the error took it: one that was made without suppression,
   *     or that tells nothing of where it was thrown, doesn't
   */
  static boolean add(Throwable error, Throwable suppressed, Object by) {
    Known known = known(error);
    Holder holder = known.get();
    if (holder == null && !Foreign.isTraced(error)) {
      return false;
    }
    // Guard against race with another use that fails with the same error.
    boolean first =
        holder == null
            && known.compareAndSet(null, new Holder(by, ADDITIONS.incrementAndGet(), false));
    holder = known.get();
    if (holder == null || !holder.refersTo(by)) {
      return false;
    }
    boolean added = Foreign.add(error, suppressed, first);
    if (first) {
      learn(error);
    }
    if (!added) {
      known.set(NOBODY);
      return false;
    }
    learn(suppressed);
    carried(suppressed);
    return true;
  }

  /** Hands an error on, if {@code from} holds it. */
  static void pass(@Nullable Throwable error, Object from, Object to) {
    pass(error, from, to, false);
  }

  /** A use that has failed at once hands its error to the thread that began it. */
  static void hand(@Nullable Throwable error, Object use) {
    pass(error, use, Thread.currentThread());
  }

  /** The calling thread reads an error in the result of a use. */
  static void read(@Nullable Throwable error, Object use) {
    pass(error, use, Thread.currentThread(), true);
  }

  private static void pass(@Nullable Throwable error, Object from, Object to, boolean reads) {
    Known known = error == null ? null : find(error);
    Holder holder = known == null ? null : known.get();
    if (known != null && holder != null && holder.refersTo(from)) {
      // Guard against race with another one that takes it: the first has it.
      known.compareAndSet(holder, new Holder(to, holder.first, reads));
    }
  }

  /**
   * A use is told of an error. If that comes from a use inside of it, it may add to the error now.
   *
   * @param awaited the future of ours that it waited for
   */
  static void met(@Nullable Throwable failure, @Nullable Object awaited, Object by) {
    Throwable error = held(failure);
    if (error == null) {
      return;
    }
    if (awaited != null) {
      pass(error, awaited, by);
    }
    Object handing = HANDING.get();
    if (handing != null) {
      pass(error, handing, by);
    }
  }

  /**
   * The same of an error that came from a stage that the use awaited: a use in direct style may
   * have thrown it on the thread that completes that stage. One that the thread has only read in
   * the result of a use may be that of any other.
   *
   * @param since what {@link #additions} was before the call that returned the stage
   */
  static void came(@Nullable Throwable failure, @Nullable Object awaited, int since, Object by) {
    Throwable error = held(failure);
    Holder holder = error == null ? null : known(error).get();
    if (holder != null && !holder.hasRead && holder.first - since > 0) {
      pass(error, Thread.currentThread(), by);
    }
    met(error, awaited, by);
  }

  /**
   * The same of an error that a function came to which the use called on this thread: it may have
   * run a use inside of it there.
   *
   * @param since what {@link #additions} was before the call
   */
  static void thrown(@Nullable Throwable failure, int since, Object by) {
    Throwable error = held(failure);
    Holder holder = error == null ? null : known(error).get();
    if (holder != null && holder.first - since > 0) {
      pass(error, Thread.currentThread(), by);
    }
    met(error, null, by);
  }

  /**
   * The calling thread throws an error out of a use in direct style. If that came up since the use
   * began, it comes from there, also where the thread has only read it: as the result of a use
   * inside of an enter or exit, say.
   *
   * @param from the use, or what it holds errors by
   * @param since what {@link #additions} was before the use
   */
  static void leaves(@Nullable Throwable failure, Object from, int since) {
    Throwable error = held(failure);
    Holder holder = error == null ? null : known(error).get();
    if (holder != null) {
      Thread thread = Thread.currentThread();
      pass(error, holder.first - since > 0 && holder.refersTo(thread) ? thread : from, thread);
    }
  }

  /** {@return the error itself, if somebody holds it; null otherwise} */
  private static @Nullable Throwable held(@Nullable Throwable failure) {
    if (failure == null || KNOWN.isEmpty()) {
      return null;
    }
    Throwable error = Failures.inner(failure);
    Known known = find(error);
    return known == null || known.get() == null ? null : error;
  }

  /** Something that hands on errors. */
  @FunctionalInterface
  interface Handing<R extends @Nullable Object, X extends Throwable> {
    R call() throws X;
  }

  /** Runs something in which {@code by} hands on what it holds. */
  static <R extends @Nullable Object, X extends Throwable> R handing(
      Object by, Handing<R, X> action) throws X {
    Object before = HANDING.get();
    HANDING.set(by);
    try {
      return action.call();
    } finally {
      if (before == null) {
        HANDING.remove();
      } else {
        HANDING.set(before);
      }
    }
  }

  /** {@return who hands on errors in this call; if nobody does, {@code otherwise}} */
  static Object hander(Object otherwise) {
    Object by = HANDING.get();
    return by == null ? otherwise : by;
  }

  // ---- what is reachable -----------------------------------------------------------------------

  /** {@return whether {@code target} is {@code error}, or is reachable from it} */
  static boolean reaches(Throwable error, Throwable target) {
    if (error == target || Failures.original(error) == target) {
      return true;
    }
    boolean fresh = isFresh(target);
    // An error that was never found behind another can't be behind one that was searched through.
    if ((fresh && isSearched(error)) || Foreign.carriesNothing(error)) {
      return false;
    }
    Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    var open = new ArrayDeque<Throwable>();
    open.add(error);
    for (Throwable next = open.poll(); next != null; next = open.poll()) {
      if (next == target || Failures.original(next) == target) {
        return true;
      }
      if (seen.add(next) && !(fresh && isSearched(next))) {
        open.addAll(Foreign.carriedBy(next));
      }
    }
    if (fresh) {
      seen.remove(error);
      remember(error, seen);
    }
    return false;
  }

  /** {@return whether an error was never found behind another one} */
  static boolean isFresh(Throwable error) {
    Known known = find(error);
    return known == null || !known.isCarried;
  }

  /** Finds all that is behind an error. */
  private static void learn(Throwable error) {
    if (isSearched(error)) {
      return;
    }
    Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    var open = new ArrayDeque<>(Foreign.carriedBy(error));
    for (Throwable next = open.poll(); next != null; next = open.poll()) {
      if (seen.add(next) && !isSearched(next)) {
        open.addAll(Foreign.carriedBy(next));
      }
    }
    remember(error, seen);
  }

  private static void remember(Throwable error, Set<Throwable> behind) {
    for (Throwable each : behind) {
      carried(each);
      known(each).isSearched = true;
    }
    known(error).isSearched = true;
  }

  private static void carried(Throwable error) {
    known(error).isCarried = true;
    Throwable original = Failures.original(error);
    if (original != null) {
      known(original).isCarried = true;
    }
  }

  /** {@return whether all that is behind an error was found} */
  static boolean isSearched(Throwable error) {
    Known known = find(error);
    return known != null && known.isSearched;
  }

  private static @Nullable Known find(Throwable error) {
    return KNOWN.isEmpty() ? null : KNOWN.get(new Lookup(error));
  }

  private static Known known(Throwable error) {
    Known known = find(error);
    if (known != null) {
      return known;
    }
    for (var gone = GONE.poll(); gone != null; gone = GONE.poll()) {
      KNOWN.remove(gone);
    }
    return KNOWN.computeIfAbsent(new Key(error), ignored -> new Known());
  }
}
