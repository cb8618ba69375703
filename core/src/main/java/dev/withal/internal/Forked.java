package dev.withal.internal;

import org.jspecify.annotations.Nullable;

/** A task that begins on a thread of its own, and is recorded there while somebody traces. */
public interface Forked extends Runnable {

  /** {@return what was handed over to be run: its class tells the line} */
  Object body();

  /**
   * Runs it.
   *
   * @param ended is told when its work has ended, on this thread, before anybody else hears of that
   */
  void run(Ended ended);

  /** Hears of the end of a task's work. */
  interface Ended {

    /**
     * The work has ended.
     *
     * @param error the error with which it did, or why it was asked to; null if it succeeded
     */
    void with(@Nullable Throwable error);
  }
}
