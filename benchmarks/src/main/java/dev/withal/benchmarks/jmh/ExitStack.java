package dev.withal.benchmarks.jmh;

import dev.withal.AsyncExitStack;
import dev.withal.benchmarks.peers.Source;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
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

/** Many exits put on a stack, and run in reverse. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ExitStack {

  /** How many exits there are. */
  @Param("1000")
  public int entries;

  private final Source source = new Source();

  @Setup
  public void setUp() {
    withal();
    Checks.require(source.acquired() == entries, "each entry was acquired once");
    Checks.nothingIsOpen(source);
  }

  @Benchmark
  public CompletableFuture<Void> withal() {
    AsyncExitStack stack = AsyncExitStack.open();
    for (int i = 0; i < entries; i++) {
      Source.Handle handle = source.acquire();
      stack.deferAsync(handle::closeAsync);
    }
    stack.succeeded();
    return stack.closeAsync();
  }

  /** What people write who have no stack of exits. */
  @Benchmark
  public ArrayDeque<?> arrayDeque() {
    var exits = new ArrayDeque<Supplier<CompletableFuture<Void>>>();
    for (int i = 0; i < entries; i++) {
      Source.Handle handle = source.acquire();
      exits.push(handle::closeAsync);
    }
    while (!exits.isEmpty()) {
      exits.pop().get().join();
    }
    return exits;
  }

  @TearDown
  public void tearDown() {
    Checks.nothingIsOpen(source);
  }
}
