package dev.withal.benchmarks.peers;

import java.util.concurrent.Future;
import java.util.function.Supplier;

/** A way to acquire, use and release that gives its caller a future. */
public interface Peer {

  /**
   * {@return what a caller does for one use} What its users make once and keep, it has made before.
   *
   * @param source where it acquires
   */
  Supplier<? extends Future<Integer>> use(Source source);
}
