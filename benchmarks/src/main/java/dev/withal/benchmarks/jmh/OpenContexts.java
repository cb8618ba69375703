package dev.withal.benchmarks.jmh;

import dev.withal.benchmarks.peers.Peer;
import dev.withal.benchmarks.peers.Peers;
import dev.withal.benchmarks.peers.Source;
import dev.withal.benchmarks.peers.WaitingBody;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * The heap that open contexts hold, beyond the stages that their bodies wait for: these are there
 * before the first look at the heap, and so is the array of the results.
 *
 * <p>The serial collector, made to leave no gaps, and no buffers for threads: all these would count
 * as used. So the difference of two looks is that of what is reachable.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(jvmArgsAppend = {"-XX:+UseSerialGC", "-XX:MarkSweepAlwaysCompactCount=1", "-XX:-UseTLAB"})
public class OpenContexts {

  /** Who acquires, uses and releases. */
  @Param("Withal")
  public String peer;

  /** How many are open at the same time. */
  @Param("1000000")
  public int contexts;

  private ConcurrentUses.Bodies bodies;
  private Source source;
  private Supplier<? extends Future<Integer>> use;
  private Future<?>[] results;

  /** What is measured besides time. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.EVENTS)
  public static class Heap {
    /** Bytes of all contexts together. */
    public long retainedBytes;
  }

  @Setup
  public void setUp() {
    bodies = new ConcurrentUses.Bodies(contexts);
    source = new WaitingBody(bodies::next);
    use = Peers.named(peer, Peer.class).use(source);
    results = new Future<?>[contexts];
    // Once without a look: loads the classes.
    bodies.renew();
    open();
    close();
  }

  @Benchmark
  public void retained(Heap heap) {
    bodies.renew();
    long before = used();
    open();
    heap.retainedBytes = used() - before;
    Checks.require(source.open() == contexts, "all contexts are open");
    close();
  }

  private void open() {
    for (int i = 0; i < contexts; i++) {
      results[i] = use.get();
    }
  }

  private void close() {
    bodies.endAll();
    Checks.nothingIsOpen(source);
    Arrays.fill(results, null);
  }

  /** The first collection clears references, the second what these held. */
  private static long used() {
    System.gc();
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
