package dev.withal.benchmarks.jmh;

import dev.withal.benchmarks.peers.LaterSource;
import dev.withal.benchmarks.peers.Peer;
import dev.withal.benchmarks.peers.Peers;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
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

/**
 * One use whose enter and exit complete on another thread.
 *
 * <p>Many uses share one waking of that thread, so that it isn't taken for the cost of a use. It is
 * held back until all of them wait, so that none finds its stage complete.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class LaterUse {
  private static final int USES = 1000;

  /** Who acquires, uses and releases. */
  @Param("Withal")
  public String peer;

  private ExecutorService loop;
  private LaterSource source;
  private Supplier<? extends Future<Integer>> use;

  @Setup
  public void setUp() {
    loop = Executors.newSingleThreadExecutor();
    source = new LaterSource(loop);
    use = Peers.named(peer, Peer.class).use(source);
    Checks.use(use, source);
  }

  /** While Insight is on. */
  @Benchmark
  @OperationsPerInvocation(USES)
  public Future<Integer> withInsight(InsightOn on) throws InterruptedException, ExecutionException {
    return later();
  }

  @Benchmark
  @OperationsPerInvocation(USES)
  public Future<Integer> later() throws InterruptedException, ExecutionException {
    var allWait = new CountDownLatch(1);
    loop.submit(() -> {
      allWait.await();
      return null;
    });
    Future<Integer> last = use.get();
    for (int i = 1; i < USES; i++) {
      last = use.get();
    }
    allWait.countDown();
    last.get();
    return last;
  }

  @TearDown
  public void tearDown() {
    loop.close();
    Checks.nothingIsOpen(source);
  }
}
