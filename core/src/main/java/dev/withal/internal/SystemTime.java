package dev.withal.internal;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The machine's clock, one daemon thread that starts what is due, and virtual threads. */
final class SystemTime implements Time {

  @Override
  public Instant now() {
    return Instant.now();
  }

  @Override
  public Timer schedule(Duration delay, Runnable action) {
    // What is due gets a thread of its own: a continuation that blocks must not hold up the others.
    Future<?> pending =
        Clockwork.SCHEDULER.schedule(
            () -> start("withal-timer", action),
            TimeUnit.NANOSECONDS.convert(delay),
            TimeUnit.NANOSECONDS);
    return () -> pending.cancel(false);
  }

  @Override
  public void await(CompletableFuture<?> future) throws InterruptedException {
    try {
      future.get();
    } catch (ExecutionException | CancellationException e) {
      // Done, which is all that was asked; how, the caller reads from the future.
      return;
    }
  }

  @Override
  public Thread start(String name, Runnable task) {
    return Thread.ofVirtual().name(name).start(task);
  }

  @Override
  public void interrupt(Thread thread) {
    thread.interrupt();
  }

  /** Made at the first delay: most programs that only use contexts need no timer. */
  private static final class Clockwork {
    static final ScheduledThreadPoolExecutor SCHEDULER = create();

    private static ScheduledThreadPoolExecutor create() {
      var scheduler =
          new ScheduledThreadPoolExecutor(
              1, Thread.ofPlatform().daemon().name("withal-clock").factory());
      scheduler.setRemoveOnCancelPolicy(true);
      return scheduler;
    }
  }
}
