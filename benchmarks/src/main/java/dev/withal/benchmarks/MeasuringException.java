package dev.withal.benchmarks;

/** A benchmark that could not be measured. */
final class MeasuringException extends Exception {
  private static final long serialVersionUID = 1;

  MeasuringException(Subject subject, Throwable cause) {
    super(subject.name() + " could not be measured: " + cause.getMessage(), cause);
  }
}
