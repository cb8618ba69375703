package dev.withal;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** How errors are unwrapped and joined, so that none is lost and none is doubled (L5). */
final class Failures {
  private Failures() {}

  /**
   * {@return the error itself, without what futures wrap around it} If a wrapper says more than
   * that, what it says is added to the error.
   *
   * @param by who holds the error
   */
  static Throwable unwrap(Throwable error, Object by) {
    Throwable inner = inner(error);
    for (Throwable at = error; at != inner; at = Foreign.cause(at)) {
      if (at == null || saysMore(at)) {
        return at == null ? error : join(inner, at, by);
      }
    }
    return inner;
  }

  /** {@return the error without the wrappers that say nothing} For reports, which add nothing. */
  static Throwable told(Throwable error) {
    Throwable inner = inner(error);
    Throwable at = error;
    while (at != null && at != inner && !saysMore(at)) {
      at = Foreign.cause(at);
    }
    return at == null ? error : at;
  }

  /** {@return what is inside of all wrappers, whatever they say} */
  static Throwable inner(Throwable error) {
    Throwable inner = error;
    Throwable slow = error;
    boolean step = false;
    while (isWrapper(inner)) {
      Throwable cause = Foreign.cause(inner);
      if (cause == null) {
        return inner;
      }
      inner = cause;
      slow = step ? Foreign.cause(slow) : slow;
      step = !step;
      if (inner == slow || slow == null) {
        return error; // wrappers that wrap each other
      }
    }
    return inner;
  }

  private static boolean isWrapper(@Nullable Throwable error) {
    return error instanceof CompletionException || error instanceof ExecutionException;
  }

  /** Whether a wrapper says more than that it wraps its cause. */
  private static boolean saysMore(Throwable wrapper) {
    boolean plain =
        wrapper.getClass() == CompletionException.class
            || wrapper.getClass() == ExecutionException.class;
    if (!plain || !Foreign.suppressed(wrapper).isEmpty()) {
      return true;
    }
    String message = Foreign.message(wrapper);
    Throwable cause = Foreign.cause(wrapper);
    return message != null && (cause == null || !message.equals(Foreign.text(cause)));
  }

  /**
   * {@return an error that carries both} That is {@code primary} with {@code second} among its
   * suppressed exceptions, unless one is reachable from the other already.
   *
   * @param by on whose behalf: a use, or what stands for it
   */
  static Throwable join(Throwable primary, Throwable second, Object by) {
    if (second instanceof Carrier && Foreign.cause(second) == primary) {
      // Made by a part of this use that did not hold the error: it comes to rest in it.
      Throwable joined = primary;
      for (Throwable added : Foreign.suppressed(second)) {
        joined = join(joined, added, by);
      }
      return joined;
    }
    return SharedErrors.reaches(primary, second) ? primary : joinNew(primary, second, by);
  }

  /** {@return the first of several errors, which carries the others; null if there are none} */
  static @Nullable Throwable joinAll(List<Throwable> errors, Object by) {
    return errors.isEmpty()
        ? null
        : joinAll(errors.getFirst(), errors.subList(1, errors.size()), by);
  }

  /**
   * {@return {@code first}, which carries the others} As {@link #join} does with one after the
   * other, but what they carry is searched through once.
   */
  static Throwable joinAll(Throwable first, List<Throwable> others, Object by) {
    Throwable joined = first;
    var searched = new Searched();
    searched.through(first);
    var open = new ArrayDeque<>(others);
    for (Throwable error = open.poll(); error != null; error = open.poll()) {
      if (error instanceof Carrier && Foreign.cause(error) == first) {
        Foreign.suppressed(error).reversed().forEach(open::addFirst);
        continue;
      }
      if (!searched.reaches(error)) {
        joined = joinNew(joined, error, by);
      }
      searched.through(error);
    }
    return joined;
  }

  /** Errors that were searched through, each once. */
  private static final class Searched {
    private final Set<Throwable> found = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Set<Throwable> copied = Collections.newSetFromMap(new IdentityHashMap<>());

    void through(Throwable error) {
      var open = new ArrayDeque<Throwable>();
      open.add(error);
      for (Throwable next = open.poll(); next != null; next = open.poll()) {
        if (found.add(next)) {
          open.addAll(Foreign.carriedBy(next));
          Throwable original = original(next);
          if (original != null) {
            copied.add(original);
          }
        }
      }
    }

    boolean reaches(Throwable error) {
      return found.contains(error) || copied.contains(error);
    }
  }

  /** Joins errors of which the second isn't reachable from the first. */
  private static Throwable joinNew(Throwable primary, Throwable second, Object by) {
    // An exit that wraps the body's error and throws it would close a cycle.
    Throwable added = SharedErrors.reaches(second, primary) ? unlinked(second, primary) : second;
    if (SharedErrors.add(primary, added, by)) {
      return primary;
    }
    Throwable carrier =
        primary instanceof CancellationException
            ? new SharedCancellationException(primary)
            : new SharedErrorException(primary);
    SharedErrors.add(carrier, added, by);
    return carrier;
  }

  /** {@return a copy of an error that carries all that the error does, but for the primary} */
  private static Unlinked unlinked(Throwable second, Throwable primary) {
    var copy = new Unlinked(second);
    Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    Collections.addAll(seen, second, primary);
    Set<Throwable> leading = leadingTo(second, primary);
    var open = new ArrayDeque<>(Foreign.carriedBy(second));
    for (Throwable next = open.poll(); next != null; next = open.poll()) {
      if (seen.add(next)) {
        boolean leadsBack = leading.contains(next);
        copy.addSuppressed(leadsBack ? new Unlinked(next) : next);
        if (leadsBack) {
          open.addAll(Foreign.carriedBy(next));
        }
      }
    }
    return copy;
  }

  /**
   * {@return the errors from which {@code target} is reachable, of {@code error} and those behind
   * it} They are searched through once, and then from the target back.
   */
  private static Set<Throwable> leadingTo(Throwable error, Throwable target) {
    boolean fresh = SharedErrors.isFresh(target);
    Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    IdentityHashMap<Throwable, List<Throwable>> carriers = new IdentityHashMap<>();
    var back = new ArrayDeque<Throwable>();
    var open = new ArrayDeque<Throwable>();
    open.add(error);
    for (Throwable next = open.poll(); next != null; next = open.poll()) {
      if (!seen.add(next)) {
        continue;
      }
      if (next == target || original(next) == target) {
        back.add(next);
      } else if (!(fresh && SharedErrors.isSearched(next))) {
        for (Throwable carried : Foreign.carriedBy(next)) {
          carriers.computeIfAbsent(carried, ignored -> new ArrayList<>()).add(next);
          open.add(carried);
        }
      }
    }
    Set<Throwable> leading = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Throwable next = back.poll(); next != null; next = back.poll()) {
      if (leading.add(next)) {
        back.addAll(carriers.getOrDefault(next, List.of()));
      }
    }
    return leading;
  }

  /** {@return {@code replacement}, from which {@code replaced} is reachable} */
  static Throwable replace(Throwable replaced, Throwable replacement, Object by) {
    return SharedErrors.reaches(replacement, replaced)
        ? replacement
        : join(replacement, replaced, by);
  }

  /** {@return what an error is a copy of; null if it is none} */
  static @Nullable Throwable original(Throwable error) {
    return error instanceof Unlinked copy ? copy.original : null;
  }

  /** Throws any error as it is, without wrapping a checked one. */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  static <X extends Throwable> X sneaky(Throwable error) throws X {
    throw (X) error;
  }

  /** Carries a body's error that can't carry an exit's. */
  private sealed interface Carrier {
    static String message(Throwable shared) {
      return "the body failed with " + Foreign.text(shared) + ", an instance that other uses share";
    }
  }

  private static final class SharedErrorException extends RuntimeException implements Carrier {
    private static final long serialVersionUID = 1;

    SharedErrorException(Throwable shared) {
      super(Carrier.message(shared), shared);
    }
  }

  /** The same of a cancellation, so that what carries it still counts as one. */
  private static final class SharedCancellationException extends CancellationException
      implements Carrier {
    private static final long serialVersionUID = 1;

    SharedCancellationException(Throwable shared) {
      super(Carrier.message(shared));
      initCause(shared);
    }
  }

  /** An exit's error as it prints, without what in it leads back to the body's. */
  private static final class Unlinked extends Exception {
    private static final long serialVersionUID = 1;
    private final transient Throwable original;

    Unlinked(Throwable original) {
      super(Foreign.text(original));
      this.original = original;
      Foreign.showTrace(this, Foreign.trace(original));
    }

    @Override
    @SuppressWarnings("OverrideThrowableToString") // prints as the original
    public String toString() {
      return String.valueOf(getMessage());
    }
  }
}
