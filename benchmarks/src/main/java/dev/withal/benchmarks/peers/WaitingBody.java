package dev.withal.benchmarks.peers;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** A source whose bodies end when the benchmark says so. */
public final class WaitingBody extends Source {
  private final Supplier<CompletableFuture<Integer>> stages;

  /** {@code stages} gives one stage for each body, which the benchmark completes. */
  public WaitingBody(Supplier<CompletableFuture<Integer>> stages) {
    this.stages = stages;
  }

  @Override
  CompletableFuture<Integer> readAsync() {
    return stages.get();
  }
}
