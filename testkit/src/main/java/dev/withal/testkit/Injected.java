package dev.withal.testkit;

import dev.withal.testkit.Plan.Fault;

/** Errors that the law suite brings about; they print as what they are. */
final class Injected {
  private Injected() {}

  /** {@return what the step is to fail with} */
  static Throwable by(Fault fault, Gate.Step step) {
    return fault == Fault.FAILS_FATALLY
        ? new FatalError(step.toString())
        : new Failure(step.toString());
  }

  @SuppressWarnings("OverrideThrowableToString")
  static final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1;

    Failure(String where) {
      super("a failure of " + where);
    }

    @Override
    public String toString() {
      return String.valueOf(getMessage());
    }
  }

  @SuppressWarnings("OverrideThrowableToString")
  static final class FatalError extends LinkageError {
    private static final long serialVersionUID = 1;

    FatalError(String where) {
      super("a fatal error of " + where);
    }

    @Override
    public String toString() {
      return String.valueOf(getMessage());
    }
  }
}
