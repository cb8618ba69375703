package dev.withal.examples.ingest;

/** Says that nothing was loaded, as another process was loading, and this one wasn't to wait. */
final class SkippedException extends Exception {
  private static final long serialVersionUID = 1;

  SkippedException(String message) {
    super(message);
  }
}
