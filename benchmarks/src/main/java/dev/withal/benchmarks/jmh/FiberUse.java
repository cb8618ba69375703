package dev.withal.benchmarks.jmh;

import dev.withal.benchmarks.peers.FiberPeer;
import dev.withal.benchmarks.peers.Peers;
import dev.withal.benchmarks.peers.Source;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** What {@link OneUse} is, of a peer that runs inside a runtime of its own. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class FiberUse {
  private static final int USES = 64 * OneUse.SITES;

  /** Who acquires, uses and releases. */
  @Param("CatsEffect")
  public String peer;

  /** How the body ends. */
  @Param("succeeds")
  public BodyEnd body;

  private Source source;
  private Runnable one;
  private Runnable manySites;

  @Setup
  @SuppressWarnings("unchecked") // the uses of a peer and of its copies are of one kind
  public void setUp() {
    source = body.source();
    FiberPeer<Object> runner = Peers.named(peer, FiberPeer.class);
    List<Object> uses = new ArrayList<>();
    Peers.copies(peer, OneUse.SITES, FiberPeer.class).forEach(copy -> uses.add(copy.use(source)));
    List<Object> same = Collections.nCopies(USES, runner.use(source));
    List<Object> different =
        Collections.nCopies(USES / uses.size(), uses).stream().flatMap(List::stream).toList();
    one = () -> runner.run(same);
    manySites = () -> runner.run(different);
    one.run();
    Checks.require(source.acquired() == USES, "each use acquired once");
    Checks.nothingIsOpen(source);
  }

  /** At one place in the program. */
  @Benchmark
  @OperationsPerInvocation(USES)
  public void one() {
    one.run();
  }

  /** At many places in the program. */
  @Benchmark
  @OperationsPerInvocation(USES)
  public void manySites() {
    manySites.run();
  }

  @TearDown
  public void tearDown() {
    Checks.nothingIsOpen(source);
  }
}
