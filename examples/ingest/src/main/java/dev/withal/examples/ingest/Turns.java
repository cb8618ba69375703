package dev.withal.examples.ingest;

/** How loads take turns. */
interface Turns {
  /** They don't. */
  Turns NONE = load -> load.in(Turn.OF_ANYONE);

  /** A load in its turn. */
  interface Load {
    long in(Turn turn) throws Exception;
  }

  /**
   * Loads as soon as it is this process's turn.
   *
   * @return how many rows
   * @throws Exception if there is no turn, or the load fails
   */
  long take(Load load) throws Exception;
}
