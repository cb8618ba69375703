package dev.withal;

/**
 * What the exits of a stack are told of when nobody said how the work ended; nobody gets to see it
 * alone.
 */
final class NotSaid extends IllegalStateException {
  private static final long serialVersionUID = 1;

  NotSaid() {
    super("closed without a word that the work succeeded");
  }
}
