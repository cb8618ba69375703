package dev.withal;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

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
    if (reaches(primary, second)) {
      return primary;
    }
    // An exit that wraps the body's error and throws it would close a cycle.
    Throwable added = reaches(second, primary) ? new Unlinked(second) : second;
    if (!SharedErrors.isShared(primary, since)) {
      int before = primary.getSuppressed().length;
      primary.addSuppressed(added);
      // One that was made without suppression takes no notice.
      if (primary.getSuppressed().length > before) {
        SharedErrors.added(primary);
        return primary;
      }
    }
    Throwable carrier = new SharedErrorException(primary);
    carrier.addSuppressed(added);
    return carrier;
  }

  /** {@return {@code replacement}, from which {@code replaced} is reachable} */
  static Throwable replace(Throwable replaced, Throwable replacement, int since) {
    return reaches(replacement, replaced) ? replacement : join(replacement, replaced, since);
  }

  /** Throws any error as it is, without wrapping a checked one. */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  static <X extends Throwable> X sneaky(Throwable error) throws X {
    throw (X) error;
  }

  /** Whether {@code target} is {@code from}, or is found along its causes and suppressed ones. */
  private static boolean reaches(Throwable from, Throwable target) {
    Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    var open = new ArrayDeque<Throwable>();
    open.add(from);
    for (Throwable next = open.poll(); next != null; next = open.poll()) {
      if (next == target || (next instanceof Unlinked copy && copy.original == target)) {
        return true;
      }
      if (seen.add(next)) {
        Throwable cause = next.getCause();
        if (cause != null) {
          open.add(cause);
        }
        Collections.addAll(open, next.getSuppressed());
      }
    }
    return false;
  }

  /** Carries a body's error that can't carry an exit's. */
  private static final class SharedErrorException extends RuntimeException {
    private static final long serialVersionUID = 1;

    SharedErrorException(Throwable shared) {
      super("the body failed with " + shared + ", an instance that other uses share", shared);
    }
  }

  /** An exit's error as it prints, without its causes: they lead back to the body's. */
  private static final class Unlinked extends Exception {
    private static final long serialVersionUID = 1;
    private final transient @Nullable Throwable original;

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
