package dev.withal.internal;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Runs steps that lead to further steps at any depth in bounded stack.
 *
 * <p>Design: each thread counts how many steps are on its stack. Past {@link #DEPTH} a step is put
 * aside instead of run, and the outermost step, once it has returned, runs what was put aside, in
 * order. So a step may have returned before it has begun; only steps that nobody waits for in place
 * may go through here.
 */
public final class Trampoline {
  /** Code that isn't compiled yet needs some 3 KiB of stack for a step: these fit in 256 KiB. */
  private static final int DEPTH = 50;

  private static final ThreadLocal<Trampoline> OF_THREAD = ThreadLocal.withInitial(Trampoline::new);

  // Only its own thread touches these.
  private final ArrayDeque<Runnable> aside = new ArrayDeque<>();
  private int depth;
  private @Nullable Object running;

  private Trampoline() {}

  /**
   * Runs {@code step}: now, or where the stack is too deep by now, before the outermost step on
   * this thread returns.
   *
   * @param step what to run; must not throw
   */
  public static void run(Runnable step) {
    Trampoline own = OF_THREAD.get();
    if (own.depth >= DEPTH) {
      own.aside.add(step);
      return;
    }
    own.depth++;
    try {
      step.run();
      if (own.depth == 1) {
        own.drain();
      }
    } finally {
      own.depth--;
    }
  }

  /**
   * Runs {@code step} once the outermost step on this thread has come to its end; now if there is
   * none.
   *
   * @param step what to run; must not throw
   */
  public static void afterwards(Runnable step) {
    Trampoline own = OF_THREAD.get();
    if (own.depth == 0) {
      run(step);
    } else {
      own.aside.add(step);
    }
  }

  /**
   * Begins a step that runs in place, without an object for it; {@link #ascend} ends it.
   *
   * @return this thread's, or null where the stack is too deep by now: give {@link #run} the step
   */
  public static @Nullable Trampoline descend() {
    Trampoline own = OF_THREAD.get();
    if (own.depth >= DEPTH) {
      return null;
    }
    own.depth++;
    return own;
  }

  /** Ends a step that {@link #descend} began on this thread. */
  public void ascend() {
    try {
      if (depth == 1) {
        drain();
      }
    } finally {
      depth--;
    }
  }

  /** {@return the calling thread's} */
  public static Trampoline ofThread() {
    return OF_THREAD.get();
  }

  /** {@return the object whose code this thread runs now; null if none was noted} */
  public @Nullable Object runs() {
    return running;
  }

  /**
   * Notes whose code this thread runs from here on.
   *
   * @param owner the object; null for none
   * @return the one that was noted before
   */
  public @Nullable Object runs(@Nullable Object owner) {
    Object before = running;
    running = owner;
    return before;
  }

  /** Runs what this thread has put aside: for a thread that is about to block in a step. */
  public static void catchUp() {
    Trampoline own = OF_THREAD.get();
    if (!own.aside.isEmpty()) {
      int before = own.depth;
      own.depth = 1;
      try {
        own.drain();
      } finally {
        own.depth = before;
      }
    }
  }

  private void drain() {
    for (Runnable step = aside.poll(); step != null; step = aside.poll()) {
      step.run();
    }
  }
}
