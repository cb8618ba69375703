package dev.withal;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** How errors are unwrapped and joined, so that none is lost and none is doubled (L5). */
final class Failures {
  private Failures() {}

  /** {@return the error itself, without what futures wrap around it} */
  static Throwable unwrap(Throwable error) {
    Throwable inner = error;
    while ((inner instanceof CompletionException || inner instanceof ExecutionException)
        && inner.getCause() != null) {
      inner = inner.getCause();
    }
    return inner;
  }

  /**
   * {@return an error that carries both} That is {@code primary} with {@code second} among its
   * suppressed exceptions, unless one is reachable from the other already.
   *
   * @param since what {@link SharedErrors#additions} was as the use began
   */
  static Throwable join(Throwable primary, Throwable second, int since) {
    if (SharedErrors.reaches(primary, second)) {
      return primary;
    }
    // An exit that wraps the body's error and throws it would close a cycle.
    Throwable added = SharedErrors.reaches(second, primary) ? unlinked(second, primary) : second;
    if (!SharedErrors.isShared(primary, since) && SharedErrors.add(primary, added)) {
      return primary;
    }
    Throwable carrier = new SharedErrorException(primary);
    carrier.addSuppressed(added);
    return carrier;
  }

  /** {@return a copy of an error that carries all that the error does, but for the primary} */
  private static Unlinked unlinked(Throwable second, Throwable primary) {
    var copy = new Unlinked(second);
    Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    Collections.addAll(seen, second, primary);
    var open = new ArrayDeque<>(carriedBy(second));
    for (Throwable next = open.poll(); next != null; next = open.poll()) {
      if (seen.add(next)) {
        boolean leadsBack = SharedErrors.reaches(next, primary);
        copy.addSuppressed(leadsBack ? new Unlinked(next) : next);
        if (leadsBack) {
          open.addAll(carriedBy(next));
        }
      }
    }
    return copy;
  }

  private static List<Throwable> carriedBy(Throwable error) {
    var carried = new ArrayList<>(List.of(error.getSuppressed()));
    if (error.getCause() != null) {
      carried.add(error.getCause());
    }
    return carried;
  }

  /** {@return {@code replacement}, from which {@code replaced} is reachable} */
  static Throwable replace(Throwable replaced, Throwable replacement, int since) {
    return SharedErrors.reaches(replacement, replaced)
        ? replacement
        : join(replacement, replaced, since);
  }

  /** Throws any error as it is, without wrapping a checked one. */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  static <X extends Throwable> X sneaky(Throwable error) throws X {
    throw (X) error;
  }

  /** Carries a body's error that can't carry an exit's. */
  private static final class SharedErrorException extends RuntimeException {
    private static final long serialVersionUID = 1;

    SharedErrorException(Throwable shared) {
      super("the body failed with " + shared + ", an instance that other uses share", shared);
    }
  }

  /** An exit's error as it prints, without what in it leads back to the body's. */
  static final class Unlinked extends Exception {
    private static final long serialVersionUID = 1;
    final transient Throwable original;

    Unlinked(Throwable original) {
      super(original.toString());
      this.original = original;
      setStackTrace(original.getStackTrace());
    }

    @Override
    @SuppressWarnings("OverrideThrowableToString") // prints as the original
    public String toString() {
      return String.valueOf(getMessage());
    }
  }
}
