package dev.withal.files;

import dev.withal.ExitCase;
import org.jspecify.annotations.Nullable;

/** A place where a thread may wait for another process; any thread can end the wait. */
interface Waits {

  /** For code that never waits for another process. */
  Waits NONE = new Waits() {};

  /** Records the task of the thread that comes next; null if the caller waits for itself. */
  default void asker(@Nullable Task<?> task) {}

  /** Makes the waiting thread look at the requests of its task. */
  default void wake() {}

  /** Ends waits that have no bound of their own, because the file is about to be closed. */
  default void endWaits(ExitCase how) {}
}
