package dev.withal.benchmarks.jmh;

import dev.withal.AsyncContextManager;
import dev.withal.AsyncExitStack;
import dev.withal.benchmarks.peers.Source;
import dev.withal.benchmarks.peers.Withal;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Two threads that enter contexts on one stack, which is closed at the end. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Contention {
  private static final int THREADS = 2;
  private static final int ENTERS = 50_000;

  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
  private final Source[] sources = {new Source(), new Source()};

  @Setup
  public void setUp() throws Exception {
    withal();
    deque();
    for (Source source : sources) {
      Checks.require(source.acquired() == 2 * ENTERS, "each thread entered its share");
      Checks.nothingIsOpen(source);
    }
  }

  @Benchmark
  @OperationsPerInvocation(THREADS * ENTERS)
  public CompletableFuture<Void> withal() throws Exception {
    AsyncExitStack stack = AsyncExitStack.open();
    onEachThread(source -> {
      AsyncContextManager<Source.Handle> manager = Withal.manager(source);
      for (int i = 0; i < ENTERS; i++) {
        stack.enterAsync(manager);
      }
    });
    return stack.closeAsync();
  }

  /** The lock-free deque of the JDK. */
  @Benchmark
  @OperationsPerInvocation(THREADS * ENTERS)
  public ConcurrentLinkedDeque<?> deque() throws Exception {
    var exits = new ConcurrentLinkedDeque<Supplier<CompletableFuture<Void>>>();
    onEachThread(source -> {
      for (int i = 0; i < ENTERS; i++) {
        Source.Handle handle = source.acquireAsync().join();
        exits.push(handle::closeAsync);
      }
    });
    while (!exits.isEmpty()) {
      exits.pop().get().join();
    }
    return exits;
  }

  private void onEachThread(Consumer<Source> work) throws Exception {
    var start = new CyclicBarrier(THREADS);
    Future<?> other =
        threads.submit(() -> {
          start.await();
          work.accept(sources[0]);
          return null;
        });
    start.await();
    work.accept(sources[1]);
    other.get();
  }

  @TearDown
  public void tearDown() {
    threads.close();
    for (Source source : sources) {
      Checks.nothingIsOpen(source);
    }
  }
}
