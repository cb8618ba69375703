package dev.withal.internal;

import org.jspecify.annotations.Nullable;

/**
 * What holds interruptions off an exit that blocks on the calling thread (L9).
 *
 * <p>Design. Exits nest, as one may use other managers, so a shield has a depth; and each {@link
 * Watch} knows the depth at which its body began. An interruption has no sender. So a watch says
 * that it sends one before it does, and a wait that is interrupted asks whose it was: it ends if a
 * watch sent it whose body began inside the same exit, as that exit asked for it. One for a body
 * further out is held back until the exits in between are done, and any other until the outermost
 * is. Only its own thread touches a shield.
 */
public final class Shield {
  private static final ThreadLocal<Shield> OF_THREAD = ThreadLocal.withInitial(Shield::new);

  /** What interrupts its body when the body's value is lost. */
  public interface Watch {
    /** {@return how many exits the body is in} */
    int depth();

    /** {@return the watch of the body that this one is in; null if there is none} */
    @Nullable Watch outer();

    /** {@return whether this watch has interrupted its body} */
    boolean hasSent();

    /** The thread was interrupted once more, and by no watch. */
    void heardAnother();

    /** {@return whether an interruption of this watch has yet to be noticed by its body} */
    boolean isPending();

    /**
     * A wait was interrupted, in the body or in an exit inside it.
     *
     * @param noticed whether the wait is the body's own, so that it ends
     * @return whether by this watch
     */
    boolean claims(boolean noticed);
  }

  private int depth;
  private boolean interrupted;

  /** What {@link #senders} was as the exit began, or at the last interruption. */
  private int sent;

  private @Nullable Watch innermost;

  private Shield() {}

  /** {@return the calling thread's} */
  public static Shield ofThread() {
    return OF_THREAD.get();
  }

  /**
   * An exit begins.
   *
   * @return the calling thread's shield, to lower it again there
   */
  public static Shield raise() {
    Shield own = ofThread();
    own.depth++;
    own.sent = own.senders();
    return own;
  }

  /**
   * The exit is done.
   *
   * @return whether an interruption that was held back is to go on now
   */
  public boolean lower() {
    depth--;
    if (depth > 0) {
      for (Watch watch = innermost;
          watch != null && watch.depth() == depth;
          watch = watch.outer()) {
        if (watch.isPending()) {
          return true;
        }
      }
      return false;
    }
    boolean was = interrupted;
    interrupted = false;
    return was;
  }

  /**
   * A wait was interrupted.
   *
   * @return whether that ends it; else the interruption is held back
   */
  public boolean letsThrough() {
    if (depth == 0) {
      return true;
    }
    for (Watch watch = innermost; watch != null && watch.depth() > 0; watch = watch.outer()) {
      boolean inside = watch.depth() == depth;
      if (watch.claims(inside)) {
        return inside;
      }
    }
    int now = senders();
    if (now == sent) {
      heardAnother();
    }
    sent = now;
    interrupted = true;
    return false;
  }

  /** {@return how many watches have interrupted their bodies} */
  public int senders() {
    int count = 0;
    for (Watch watch = innermost; watch != null; watch = watch.outer()) {
      count += watch.hasSent() ? 1 : 0;
    }
    return count;
  }

  /** {@return the innermost watch of the calling thread; null if there is none} */
  public @Nullable Watch innermost() {
    return innermost;
  }

  /**
   * {@return whether a watch has interrupted its body that began inside another one}
   *
   * @param around that one; null for none
   */
  public boolean hasSentInside(@Nullable Watch around) {
    for (Watch watch = innermost; watch != null && watch != around; watch = watch.outer()) {
      if (watch.hasSent()) {
        return true;
      }
    }
    return false;
  }

  /** A wait was interrupted, and by no watch: what one of them clears, it sets again. */
  public void heardAnother() {
    for (Watch watch = innermost; watch != null; watch = watch.outer()) {
      watch.heardAnother();
    }
  }

  /** {@return how many exits the calling thread is in} */
  public int depth() {
    return depth;
  }

  /**
   * A body begins that is watched.
   *
   * @param watch what watches it
   * @return the watch of the one that it is in; null if there is none
   */
  public @Nullable Watch begin(Watch watch) {
    Watch outer = innermost;
    innermost = watch;
    return outer;
  }

  /**
   * It has ended.
   *
   * @param outer what {@link #begin} returned
   */
  public void end(@Nullable Watch outer) {
    innermost = outer;
  }
}
