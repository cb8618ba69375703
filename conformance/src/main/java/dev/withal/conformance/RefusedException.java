package dev.withal.conformance;

/** Why scenarios can't be run, in a sentence for who asked. */
final class RefusedException extends Exception {
  private static final long serialVersionUID = 1;

  RefusedException(String message) {
    super(message);
  }
}
