package dev.withal.stress.trees;

/**
 * What comes out of a part of a tree.
 *
 * @param end when it ends
 * @param fault with which error; null if it succeeds
 * @param hears until when it hears a request to end
 * @param reason why it was asked to end, with what was added to that
 */
record Out(long end, Fault fault, long hears, Fault reason) {

  static Out of(long end, Fault fault) {
    return new Out(end, fault, end, null);
  }
}
