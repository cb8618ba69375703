package dev.withal.r2dbc;

import org.jspecify.annotations.Nullable;

/** The readings of the results of one statement. */
interface Readings {

  /** Records that a reading begins. {@return the error if it must not; null if it may} */
  @Nullable Throwable begins(GuardedResult result);

  /**
   * {@return whether the driver waits for a reader of each result, if only to hear that it stops}
   */
  boolean awaitReader();

  /** Records that the driver has ended a reading. */
  void ends();

  /** Records that a reading was cancelled while no row was due. */
  void stopped();

  /** Records that the reader knows of the end, so that the driver goes on. */
  void goesOn();

  /** Records an error, before its reader hears of it. */
  void failed(Throwable error);
}
