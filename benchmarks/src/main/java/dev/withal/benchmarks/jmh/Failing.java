package dev.withal.benchmarks.jmh;

import dev.withal.AsyncContextManager;
import dev.withal.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Many failures that belong together: what each costs must not grow with their number. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Failing {
  private static final AsyncContextManager<String> WRAPPING =
      AsyncContextManager.of(
          () -> CompletableFuture.completedFuture("x"),
          (_, how) -> Verdict.replaceWith(new RuntimeException("layer", how.error())).now());

  private static final AsyncContextManager<String> FAILING_TO_EXIT =
      AsyncContextManager.closing(
          () -> CompletableFuture.completedFuture("x"),
          _ -> CompletableFuture.failedFuture(new RuntimeException("exit")));

  /** How many uses fail, or members arrive late. */
  @Param("1000")
  public int failures;

  @Setup
  public void setUp() {
    Checks.require(wrapping() instanceof RuntimeException, "the outermost exit wrapped the error");
    Throwable cancelled = cancelled();
    Checks.require(cancelled instanceof CancellationException, "the nest was cancelled");
    Checks.require(cancelled.getSuppressed().length == failures, "each exit failed");
    Checks.require(late() == failures, "each late arrival was released");
  }

  /** Uses inside each other, whose exits replace the error by one that wraps it. */
  @Benchmark
  public Throwable wrapping() {
    return error(nest(failures, CompletableFuture.failedFuture(new RuntimeException("body"))));
  }

  /** Uses inside each other that are cancelled, and whose exits fail. */
  @Benchmark
  public Throwable cancelled() {
    CompletableFuture<String> use = nestToCancel(failures, new CompletableFuture<>());
    use.cancel(true);
    return error(use);
  }

  /** Members of a group that arrive when it was given up. */
  @Benchmark
  public int late() {
    List<CompletableFuture<String>> arrivals = new ArrayList<>();
    List<AsyncContextManager<String>> members = new ArrayList<>();
    var released = new int[1];
    for (int i = 0; i < failures; i++) {
      var arrival = new CompletableFuture<String>();
      arrivals.add(arrival);
      members.add(
          AsyncContextManager.closing(
              () -> arrival, _ -> CompletableFuture.completedFuture(released[0]++)));
    }
    CompletableFuture<Integer> use =
        AsyncContextManager.all(members)
            .grace(Duration.ZERO)
            .useAsync(values -> CompletableFuture.completedFuture(values.size()));
    use.cancel(true);
    error(use);
    arrivals.forEach(arrival -> arrival.complete("late"));
    return released[0];
  }

  private static CompletableFuture<String> nest(int depth, CompletableFuture<String> body) {
    return WRAPPING.useAsync(_ -> depth == 1 ? body : nest(depth - 1, body));
  }

  private static CompletableFuture<String> nestToCancel(int depth, CompletableFuture<String> body) {
    return FAILING_TO_EXIT.useAsync((_, cancellation) ->
        depth == 1 ? cancellation.cancelling(body) : nestToCancel(depth - 1, body));
  }

  private static Throwable error(CompletableFuture<?> use) {
    return use.handle((_, error) -> error).join();
  }
}
