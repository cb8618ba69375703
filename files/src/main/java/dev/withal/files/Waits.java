package dev.withal.files;

import dev.withal.ExitCase;
import org.jspecify.annotations.Nullable;

/** Where a thread may wait for another process; can be told to stop waiting by any thread. */
interface Waits {

  /** For what never waits so. */
  Waits NONE = new Waits() {};

  /** Says for which task the thread is that comes next; null if for the one that calls. */
  default void asker(@Nullable Task<?> task) {}

  /** Makes the thread that waits look at what its task is asked for. */
  default void wake() {}

  /** Ends waits that have no bound of their own, because the file is about to be closed. */
  default void endWaits(ExitCase how) {}
}
