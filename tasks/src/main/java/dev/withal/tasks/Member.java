package dev.withal.tasks;

import java.util.concurrent.CancellationException;
import java.util.function.Supplier;

/** A task among those that run. */
interface Member {

  /**
   * The failure of a task.
   *
   * @param error the error
   * @param holder tells, once the task has ended, what may add to the error
   */
  record Failure(Throwable error, Supplier<Object> holder) {}

  /** Asks the task to end, unless its work has ended. */
  void ask(CancellationException request);

  /** It has this place from here on. */
  void isAt(Running.Block block, int place);

  /** Gives its place back. {@return whether all has ended with it} */
  boolean leave(Running running);
}
