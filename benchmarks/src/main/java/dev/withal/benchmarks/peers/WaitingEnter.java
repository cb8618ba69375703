package dev.withal.benchmarks.peers;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** A source that acquires when the benchmark says so. */
public final class WaitingEnter extends Source {
  private final Supplier<CompletableFuture<Handle>> stages;

  /** {@code stages} gives one stage for each acquire, which the benchmark completes. */
  public WaitingEnter(Supplier<CompletableFuture<Handle>> stages) {
    this.stages = stages;
  }

  @Override
  public CompletableFuture<Handle> acquireAsync() {
    return stages.get();
  }
}
