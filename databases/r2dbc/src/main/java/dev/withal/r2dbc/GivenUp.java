package dev.withal.r2dbc;

/**
 * The statements on a connection that were cancelled with rows yet to come.
 *
 * <p>Design: a driver drops their remaining rows unseen, and calls them done at once, while the
 * server may run them for hours. It answers in order, so a later statement that comes to its end
 * tells that they have ended as well.
 */
final class GivenUp {
  private int last;
  private int ended;

  synchronized void add() {
    last++;
  }

  /** {@return the last statement that was given up, to be asked before a later one is sent} */
  synchronized int last() {
    return last;
  }

  /** Records that the server has ended a statement, and all that were given up before it. */
  synchronized void ended(int lastBefore) {
    ended = Math.max(ended, lastBefore);
  }

  /** {@return whether the server may still run one} */
  synchronized boolean mayRun() {
    return last > ended;
  }
}
