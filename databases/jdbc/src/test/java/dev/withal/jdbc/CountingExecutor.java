package dev.withal.jdbc;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts what it takes, and refuses when it is told to. */
final class CountingExecutor implements Executor {
  final AtomicInteger accepted = new AtomicInteger();
  volatile boolean refuses;

  @Override
  public void execute(Runnable task) {
    if (refuses) {
      throw new RejectedExecutionException("full");
    }
    accepted.incrementAndGet();
    Thread.startVirtualThread(task);
  }
}
