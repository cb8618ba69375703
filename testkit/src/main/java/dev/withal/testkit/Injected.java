package dev.withal.testkit;

import dev.withal.testkit.Plan.Fault;

/** Errors that the law suite causes; each prints its origin. */
final class Injected {
  private Injected() {}

  /** {@return the error with which the step fails} */
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
