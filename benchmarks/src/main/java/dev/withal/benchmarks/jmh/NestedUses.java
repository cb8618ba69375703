package dev.withal.benchmarks.jmh;

import dev.withal.benchmarks.peers.LaterSource;
import dev.withal.benchmarks.peers.Nesting;
import dev.withal.benchmarks.peers.Peers;
import dev.withal.benchmarks.peers.Source;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Uses inside each other. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class NestedUses {

  /** When enters and exits complete. */
  public enum When {
    /** Before they are waited for. */
    already,
    /** Later, on another thread. */
    later
  }

  /** Who acquires, uses and releases. */
  @Param("Withal")
  public String peer;

  /** When enters and exits complete. */
  @Param("already")
  public When stages;

  /** How many uses are inside each other. */
  @Param("1000")
  public int depth;

  private final ExecutorService loop = Executors.newSingleThreadExecutor();
  private Source source;
  private Nesting nesting;

  @Setup
  public void setUp() {
    source = stages == When.already ? new Source() : new LaterSource(loop);
    nesting = Peers.named(peer, Nesting.class);
    int few = Math.min(depth, 100);
    Checks.require(nesting.nest(source, few).equals(Source.RESULT), "the innermost body succeeded");
    Checks.require(source.acquired() == few, "each level acquired once");
    Checks.nothingIsOpen(source);
  }

  @Benchmark
  public Integer nested() {
    return nesting.nest(source, depth);
  }

  @TearDown
  public void tearDown() {
    loop.close();
    Checks.nothingIsOpen(source);
  }
}
