package dev.withal.files;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;

/**
 * Paths that a system call returns or works on, some at a time.
 *
 * <p>Used by one thread at a time.
 */
interface Entries {

  /**
   * Reads or does some more. Blocks, but runs no code of a caller.
   *
   * @param into the list to which paths are added
   * @return whether there may be more
   */
  boolean read(Collection<Path> into) throws IOException;

  /** Whether a caller must be told or asked before more is read. */
  default boolean hasToTell() {
    return false;
  }

  /** Tells and asks the caller: runs a caller's code. */
  default void tell() {}

  /** {@return an action that closes everything open; it doesn't refer to this object} */
  default Runnable closing() {
    return () -> {};
  }
}
