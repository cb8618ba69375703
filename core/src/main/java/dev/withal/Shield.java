package dev.withal;

/**
 * Marks the calling thread as running an exit that blocks: {@link Async#await} and {@link
 * Async#sleep} on it don't end by interruption, but remember it (L9).
 */
final class Shield {
  private static final ThreadLocal<Shield> OF_THREAD = ThreadLocal.withInitial(Shield::new);

  // Only its own thread touches these.
  private int depth;
  private boolean interrupted;

  private Shield() {}

  /** {@return the calling thread's shield, to lower it again there} */
  static Shield raise() {
    Shield own = OF_THREAD.get();
    own.depth++;
    return own;
  }

  /** {@return whether the thread was interrupted behind the shield} */
  boolean lower() {
    depth--;
    boolean was = interrupted;
    interrupted = false;
    return was;
  }

  static boolean isRaised() {
    return OF_THREAD.get().depth > 0;
  }

  static void remember() {
    OF_THREAD.get().interrupted = true;
  }
}
