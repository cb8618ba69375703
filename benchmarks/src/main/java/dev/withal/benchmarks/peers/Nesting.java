package dev.withal.benchmarks.peers;

/** A peer whose uses may be nested at any depth. */
public interface Nesting {

  /**
   * Enters contexts inside each other, and returns when all have been exited.
   *
   * @param source where it acquires, at once or later
   * @param depth how many
   * @return what the innermost body came to
   */
  Integer nest(Source source, int depth);
}
