package dev.withal;

import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A stack whose exits the calling thread runs, and those around it.
 *
 * <p>Design: a chain per thread. An exit that closes its own stack would wait for itself; the stack
 * finds that out here. What an exit continues with on another thread of ours takes the chain along:
 * after a delay, after a timer of a use that it began, in a generator, in a synchronous manager, in
 * a task that carries what its beginner does, and on the executor of a use. On other threads nobody
 * can tell.
 */
record InExit(StackEnd stack, @Nullable InExit outer) {
  private static final ThreadLocal<@Nullable InExit> OF_THREAD = new ThreadLocal<>();

  /**
   * Whether any thread has ever had a chain. Until then, looking for one costs this one read. Not a
   * plain static field, as Lincheck can't reset that of a record.
   */
  private static final AtomicBoolean USED = new AtomicBoolean();

  /**
   * The calling thread runs exits of the stack from here on. {@return what it ran before}
   *
   * @param around what these exits are part of where this thread knows of none
   */
  static @Nullable InExit begin(StackEnd stack, @Nullable InExit around) {
    if (!USED.get()) {
      USED.set(true);
    }
    InExit before = OF_THREAD.get();
    OF_THREAD.set(new InExit(stack, before == null ? around : before));
    return before;
  }

  /** The calling thread runs again what it did before. */
  static void goOn(@Nullable InExit before) {
    if (before != null) {
      OF_THREAD.set(before);
    } else if (USED.get()) {
      OF_THREAD.remove();
    }
  }

  static @Nullable InExit current() {
    return USED.get() ? OF_THREAD.get() : null;
  }

  /** {@return whether an exit of the stack is among these} */
  boolean isOf(StackEnd other) {
    InExit at = this;
    while (at != null && at.stack != other) {
      at = at.outer;
    }
    return at != null;
  }

  /** {@return the action, as part of the exits that the calling thread runs now} */
  static Runnable continuing(Runnable action) {
    return continuing(current(), action);
  }

  /** {@return the action, as part of these exits} */
  static Runnable continuing(@Nullable InExit exits, Runnable action) {
    return exits == null
        ? action
        : () -> {
          InExit before = OF_THREAD.get();
          OF_THREAD.set(exits);
          try {
            action.run();
          } finally {
            goOn(before);
          }
        };
  }
}
