package dev.withal.benchmarks.peers;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** A source that acquires and releases on another thread, as one that waits for a network does. */
public final class LaterSource extends Source {
  private final Executor loop;

  /** {@code loop} has one thread. */
  public LaterSource(Executor loop) {
    this.loop = loop;
  }

  /** {@return where it acquires and releases} */
  public Executor loop() {
    return loop;
  }

  @Override
  public CompletableFuture<Handle> acquireAsync() {
    return CompletableFuture.supplyAsync(this::acquire, loop);
  }

  @Override
  CompletableFuture<Void> releaseAsync() {
    return CompletableFuture.runAsync(handle()::close, loop);
  }
}
