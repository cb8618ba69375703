package dev.withal.benchmarks.jmh;

import dev.withal.Async;
import dev.withal.AsyncContextManager;
import dev.withal.testkit.VirtualTime;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Eight contexts entered in parallel, each of which takes 10 ms to enter. */
@State(Scope.Benchmark)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Parallel {
  private static final int MANAGERS = 8;
  private static final Duration EACH = Duration.ofMillis(10);

  private final AsyncContextManager<List<String>> all =
      AsyncContextManager.all(Collections.nCopies(MANAGERS, slow()));

  private static AsyncContextManager<String> slow() {
    CompletableFuture<Void> closed = CompletableFuture.allOf();
    return AsyncContextManager.closing(
        () -> Async.sleepAsync(EACH).thenApply(_ -> "opened"), _ -> closed);
  }

  /** What is measured besides time. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.EVENTS)
  public static class Clock {
    /** How much virtual time has passed. */
    public long virtualNanos;
  }

  @Benchmark
  @BenchmarkMode(Mode.AverageTime)
  public Integer withal() {
    return all.useAsync(values -> CompletableFuture.completedFuture(values.size())).join();
  }

  @Benchmark
  @BenchmarkMode(Mode.SingleShotTime)
  public Integer withalInVirtualTime(Clock clock) throws Exception {
    try (VirtualTime time = VirtualTime.install()) {
      Integer size =
          time.await(all.useAsync(values -> CompletableFuture.completedFuture(values.size())));
      clock.virtualNanos = time.elapsed().toNanos();
      return size;
    }
  }

  /** The waiting alone. */
  @Benchmark
  @BenchmarkMode(Mode.AverageTime)
  public Void allOf() {
    var delayed = CompletableFuture.delayedExecutor(EACH.toMillis(), TimeUnit.MILLISECONDS);
    return CompletableFuture.allOf(
            Stream.generate(() -> CompletableFuture.runAsync(() -> {}, delayed))
                .limit(MANAGERS)
                .toArray(CompletableFuture[]::new))
        .join();
  }
}
