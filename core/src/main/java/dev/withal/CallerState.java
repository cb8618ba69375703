package dev.withal;

import org.jspecify.annotations.Nullable;

/**
 * Knows what a thread carries for the code that it runs, so that other threads can carry it too:
 * the keys of a log, a trace, a tenant.
 *
 * <p>Enters, bodies and exits may run on other threads than their caller's. Where one of these is
 * declared as a service (in {@code module-info}, or {@code
 * META-INF/services/dev.withal.CallerState}), a use captures what the calling thread carries as it
 * begins, and each of its steps carries that, on whichever thread it runs. Module {@code
 * dev.withal.context} has one for what Micrometer's context propagation knows. Where there is none,
 * nothing is captured.
 *
 * <p>What it throws is {@linkplain Report reported}, and the step runs without the captured state.
 *
 * {@snippet class="dev.withal.guide.CallerStateTest" region="state"}
 */
@FunctionalInterface
public interface CallerState {

  /**
   * Captures what the calling thread carries. Called at the beginning of each use, so it must be
   * quick and must not block.
   *
   * @return what was captured; null if there is nothing that another thread should carry
   */
  @Nullable Snapshot capture();

  /** What a thread carried when it was captured. Immutable, and used by any number of threads. */
  @FunctionalInterface
  interface Snapshot {

    /**
     * Lets the calling thread carry it.
     *
     * @return an action that restores what the thread carried before; it is called once, on the
     *     same thread
     */
    Runnable restore();
  }
}
