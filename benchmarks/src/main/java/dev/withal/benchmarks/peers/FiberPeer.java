package dev.withal.benchmarks.peers;

import java.util.List;

/**
 * A way to acquire, use and release that runs inside a runtime of its own. Many uses are run by one
 * fiber, so that the start of the runtime isn't taken for the cost of a use.
 *
 * @param <E> the description of a use, which the runtime runs
 */
public interface FiberPeer<E> {

  /**
   * {@return a description of one use}
   *
   * @param source where it acquires
   */
  E use(Source source);

  /**
   * Runs the uses one after the other, and returns when all of them have ended.
   *
   * @param uses what to run; a failure ends that one only
   */
  void run(List<? extends E> uses);
}
