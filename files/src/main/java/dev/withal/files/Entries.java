package dev.withal.files;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;

/**
 * Paths that a call of the system gives or does something with, some at a time.
 *
 * <p>Used by one thread at a time.
 */
interface Entries {

  /**
   * Reads some more, or does some more. Blocks, but runs no code of a caller.
   *
   * @param into where to put them
   * @return whether there may be more
   */
  boolean read(Collection<Path> into) throws IOException;

  /** Whether something is to be told or asked before more is read. */
  default boolean hasToTell() {
    return false;
  }

  /** Tells and asks it: runs code of a caller. */
  default void tell() {}

  /** {@return what closes that which is open; it doesn't refer to this} */
  default Runnable closing() {
    return () -> {};
  }
}
