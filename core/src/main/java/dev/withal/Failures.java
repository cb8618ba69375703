package dev.withal;

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
    Throwable added = SharedErrors.reaches(second, primary) ? new Unlinked(second) : second;
    if (!SharedErrors.isShared(primary, since) && SharedErrors.add(primary, added)) {
      return primary;
    }
    Throwable carrier = new SharedErrorException(primary);
    carrier.addSuppressed(added);
    return carrier;
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

  /** An exit's error as it prints, without its causes: they lead back to the body's. */
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
