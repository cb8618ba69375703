package dev.withal.stress.sched;

import static dev.withal.stress.sched.SeededScheduler.pause;

import dev.withal.internal.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * Time and threads as core gets them from a {@link SeededScheduler}. Each call pauses, before and
 * after: another thread may come between it and what core does next.
 */
record SteppedTime(SeededScheduler scheduler) implements Time {

  @Override
  public Instant now() {
    return Instant.EPOCH.plus(scheduler.timers().elapsed());
  }

  @Override
  public Timer schedule(Duration delay, Runnable action) {
    pause();
    if (Time.isEndless(delay)) {
      return () -> {};
    }
    var timer = scheduler.timers().add(delay, Timers.Owner.CORE, action);
    pause();
    return () -> {
      pause();
      scheduler.timers().remove(timer);
      pause();
    };
  }

  /** Nothing: what only looks would keep every scenario going. */
  @Override
  public void watch(Duration delay, Runnable action) {
    pause();
  }

  @Override
  public void await(CompletableFuture<?> future) throws InterruptedException {
    pause();
    try {
      future.get();
    } catch (ExecutionException | CancellationException e) {
      // Done, which is all that was asked; how, the caller reads from the future.
      return;
    } finally {
      pause();
    }
  }

  @Override
  public Thread start(String name, Runnable task) {
    pause();
    Thread thread = scheduler.start(name, task);
    pause();
    return thread;
  }

  /** Starts a virtual thread like the others: the scheduler steps no others. */
  @Override
  public Thread startPlatform(String name, Runnable task) {
    return start(name, task);
  }

  @Override
  public void interrupt(Thread thread) {
    pause();
    thread.interrupt();
    pause();
  }
}
