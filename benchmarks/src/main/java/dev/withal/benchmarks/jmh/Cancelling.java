package dev.withal.benchmarks.jmh;

import dev.withal.benchmarks.peers.Peer;
import dev.withal.benchmarks.peers.Peers;
import dev.withal.benchmarks.peers.Source;
import dev.withal.benchmarks.peers.WaitingBody;
import dev.withal.benchmarks.peers.WaitingEnter;
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

/**
 * A use that is begun, cancelled while it waits, and let go to its end. A chain that is cancelled
 * while it acquires has less to do: it leaves open what arrives.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Cancelling {

  /** Who acquires, uses and releases. */
  @Param("Withal")
  public String peer;

  private CompletableFuture<Source.Handle> acquired = new CompletableFuture<>();
  private CompletableFuture<Integer> read = new CompletableFuture<>();
  private final WaitingEnter inEnter = new WaitingEnter(() -> acquired);
  private final WaitingBody inBody = new WaitingBody(() -> read);
  private Supplier<? extends Future<Integer>> useInEnter;
  private Supplier<? extends Future<Integer>> useInBody;

  @Setup
  public void setUp() {
    useInEnter = Peers.named(peer, Peer.class).use(inEnter);
    useInBody = Peers.named(peer, Peer.class).use(inBody);
    Checks.require(inEnter().isCancelled(), "the use was cancelled in its enter");
    Checks.require(inBody().isCancelled(), "the use was cancelled in its body");
    tearDown();
  }

  @Benchmark
  public Future<Integer> inEnter() {
    acquired = new CompletableFuture<>();
    Future<Integer> use = useInEnter.get();
    use.cancel(true);
    acquired.complete(inEnter.acquire());
    return use;
  }

  @Benchmark
  public Future<Integer> inBody() {
    read = new CompletableFuture<>();
    Future<Integer> use = useInBody.get();
    use.cancel(true);
    read.complete(Source.RESULT);
    return use;
  }

  @TearDown
  public void tearDown() {
    Checks.nothingIsOpen(inBody);
    if (!peer.equals("Chain")) {
      Checks.nothingIsOpen(inEnter);
    }
  }
}
