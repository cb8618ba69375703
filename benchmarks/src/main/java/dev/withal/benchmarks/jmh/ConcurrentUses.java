package dev.withal.benchmarks.jmh;

import dev.withal.benchmarks.peers.Peer;
import dev.withal.benchmarks.peers.Peers;
import dev.withal.benchmarks.peers.Source;
import dev.withal.benchmarks.peers.WaitingBody;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Uses whose bodies all wait at the same time. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ConcurrentUses {

  /** Who acquires, uses and releases. */
  @Param("Withal")
  public String peer;

  /** How many uses there are. */
  @Param("1000")
  public int uses;

  private Bodies bodies;
  private Source source;
  private Supplier<? extends Future<Integer>> use;
  private Future<?>[] results;

  @Setup
  public void setUp() {
    bodies = new Bodies(uses);
    source = new WaitingBody(bodies::next);
    use = Peers.named(peer, Peer.class).use(source);
    results = new Future<?>[uses];
  }

  @Benchmark
  public Future<?>[] allAtOnce() {
    bodies.renew();
    for (int i = 0; i < uses; i++) {
      results[i] = use.get();
    }
    bodies.endAll();
    return results;
  }

  @TearDown
  public void tearDown() {
    for (Future<?> result : results) {
      Checks.require(Source.RESULT.equals(result.resultNow()), "each body succeeded");
    }
    Checks.nothingIsOpen(source);
  }

  /** The stages that bodies wait for. */
  static final class Bodies {
    private final CompletableFuture<Integer>[] stages;
    private int given;

    @SuppressWarnings({"unchecked", "rawtypes"}) // arrays know nothing of type arguments
    Bodies(int count) {
      stages = new CompletableFuture[count];
    }

    void renew() {
      given = 0;
      for (int i = 0; i < stages.length; i++) {
        stages[i] = new CompletableFuture<>();
      }
    }

    CompletableFuture<Integer> next() {
      return stages[given++];
    }

    void endAll() {
      for (CompletableFuture<Integer> stage : stages) {
        stage.complete(Source.RESULT);
      }
    }
  }
}
