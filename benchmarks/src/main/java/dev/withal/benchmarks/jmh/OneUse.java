package dev.withal.benchmarks.jmh;

import dev.withal.benchmarks.peers.Peer;
import dev.withal.benchmarks.peers.Peers;
import dev.withal.benchmarks.peers.Source;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.Blackhole;

/** One use, with all stages complete already. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class OneUse {
  static final int SITES = 16;

  /** Who acquires, uses and releases. */
  @Param("Withal")
  public String peer;

  /** How the body ends. */
  @Param("succeeds")
  public BodyEnd body;

  private Source source;
  private Supplier<? extends Future<Integer>> use;
  private Supplier<?>[] sites;

  @Setup
  public void setUp() {
    source = body.source();
    use = Peers.named(peer, Peer.class).use(source);
    sites =
        Peers.copies(peer, SITES, Peer.class)
            .map(copy -> copy.use(source))
            .toArray(Supplier[]::new);
    Checks.use(use, source);
  }

  /** At one place in the program. */
  @Benchmark
  public Future<Integer> one() {
    return use.get();
  }

  /** At many places in the program. */
  @Benchmark
  @OperationsPerInvocation(SITES)
  public void manySites(Blackhole blackhole) {
    for (Supplier<?> site : sites) {
      blackhole.consume(site.get());
    }
  }

  /** While a run is under way in the process. */
  @Benchmark
  public Future<Integer> underRun(RunUnderWay run) {
    return use.get();
  }

  /** While Insight is on. */
  @Benchmark
  public Future<Integer> withInsight(InsightOn on) {
    return use.get();
  }

  /** On the thread of an event loop. */
  @Benchmark
  @Fork(
      jvmArgsAppend = {
        "-Djmh.executor=CUSTOM",
        "-Djmh.executor.class=dev.withal.benchmarks.jmh.LoopOfBenchmark"
      })
  public Future<Integer> onEventLoop(LoopOfBenchmark.Check check) {
    return use.get();
  }

  @TearDown
  public void tearDown() {
    Checks.nothingIsOpen(source);
  }
}
