package dev.withal.benchmarks.jmh;

import io.netty.channel.DefaultEventLoop;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.internal.ThreadExecutorMap;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * An event loop of Netty's that JMH runs a benchmark on, so that no hand-over to it is measured.
 */
public final class LoopOfBenchmark extends DefaultEventLoop {

  /**
   * Makes the loop, which JMH does.
   *
   * @param threads how many are asked for: a loop has one
   * @param name what the thread is called
   */
  public LoopOfBenchmark(int threads, String name) {
    super(new DefaultThreadFactory(name));
    Checks.require(threads == 1, "one thread runs it");
  }

  /** Fails unless the benchmark is on the loop. */
  @State(Scope.Benchmark)
  public static class Check {
    @Setup
    public void setUp() {
      Checks.require(
          ThreadExecutorMap.currentExecutor() instanceof LoopOfBenchmark,
          "it runs on an event loop");
    }
  }
}
