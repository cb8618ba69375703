package dev.withal;

import dev.withal.internal.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;

/** Real time in which what is due at once, and a virtual thread, end before the call returns. */
record HastyTime(Time time) implements Time {

  /** Puts it in force while the action runs. */
  static void during(Runnable action) {
    var hasty = new HastyTime(Time.current());
    Time.replace(hasty.time, hasty);
    try {
      action.run();
    } finally {
      Time.replace(hasty, hasty.time);
    }
  }

  @Override
  public Timer schedule(Duration delay, Runnable action) {
    if (!delay.isZero()) {
      return time.schedule(delay, action);
    }
    start("hasty", action);
    return () -> {};
  }

  @Override
  public Thread start(String name, Runnable task) {
    var ran = new CompletableFuture<Void>();
    Thread thread =
        time.start(
            name,
            () -> {
              task.run();
              ran.complete(null);
            });
    ran.join();
    return thread;
  }

  @Override
  public Instant now() {
    return time.now();
  }

  @Override
  public void await(CompletableFuture<?> future) throws InterruptedException {
    time.await(future);
  }

  @Override
  public Thread startPlatform(String name, Runnable task) {
    return time.startPlatform(name, task);
  }

  @Override
  public void interrupt(Thread thread) {
    time.interrupt(thread);
  }
}
