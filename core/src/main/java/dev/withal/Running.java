package dev.withal;

import dev.withal.internal.Trampoline;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * The use whose enter, body or exit begins on the calling thread now.
 *
 * <p>Design: such a function that blocks until its own use has ended would never return. A use that
 * goes on is noted on its thread for as long as the function runs, so that a wait in there can be
 * refused; one whose stages are all complete isn't, as nobody has its future yet.
 */
final class Running {
  private Running() {}

  /** Runs a function of the use. {@return what it returned} */
  static <V extends @Nullable Object> V step(
      GracedFuture<?> use, AsyncContextManager<?> manager, String phase, Callable<V> function)
      throws Exception {
    Trampoline thread = Trampoline.ofThread();
    Object before = thread.runs(use);
    try {
      return Watchdog.watch(manager, use.settings(), phase, function);
    } finally {
      thread.runs(before);
    }
  }

  /**
   * The calling thread is about to wait.
   *
   * @throws IllegalStateException if that waits for the use whose function this is
   */
  static void refuseToWaitFor(Waits other) {
    IllegalStateException endless = Ring.inExitOf(Trampoline.ofThread().runs(), other);
    if (endless != null) {
      throw endless;
    }
  }
}
