package dev.withal.files;

/** A place in an {@link OperationQueue}: in the end its turn comes, or it is refused. */
sealed interface Turn permits Operation, DirectTurn, Closing {

  /** {@return the operation} */
  Action action();

  /**
   * Takes the turn, which it then gives back by {@link OperationQueue#release}.
   *
   * @return false if it isn't wanted any more, or can't be used: then it is the next one's
   */
  boolean take();

  /**
   * Refuses the turn, which will never come.
   *
   * @return false if it wasn't wanted any more
   */
  boolean refuse(FileClosedException reason);
}
