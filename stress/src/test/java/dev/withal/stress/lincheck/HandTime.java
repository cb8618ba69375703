package dev.withal.stress.lincheck;

import dev.withal.internal.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;

/** Time whose timers fire when an operation says so, on the thread that says it. */
final class HandTime implements Time {
  private record Pending(Duration delay, Runnable action) {}

  private final List<Pending> pending = new CopyOnWriteArrayList<>();

  /** {@return such a time, in force until another one is} Lincheck makes one for each run. */
  static HandTime install() {
    var time = new HandTime();
    Time.replace(Time.current(), time);
    return time;
  }

  /** Fires the timers that were set for this long: each once. */
  void fire(Duration delay) {
    for (Pending timer : List.copyOf(pending)) {
      if (timer.delay.equals(delay) && pending.remove(timer)) {
        timer.action.run();
      }
    }
  }

  int timers() {
    return pending.size();
  }

  @Override
  public Instant now() {
    return Instant.EPOCH;
  }

  @Override
  public Timer schedule(Duration delay, Runnable action) {
    if (Time.isEndless(delay)) {
      return () -> {};
    }
    var timer = new Pending(delay, action);
    pending.add(timer);
    return () -> pending.remove(timer);
  }

  /** Nothing: no operation says that it is time to look. */
  @Override
  public void watch(Duration delay, Runnable action) {}

  @Override
  public void await(CompletableFuture<?> future) throws InterruptedException {
    try {
      future.get();
    } catch (ExecutionException | CancellationException e) {
      // Done, which is all that was asked; how, the caller reads from the future.
      return;
    }
  }

  /** Starts a platform thread: Lincheck knows no others. */
  @Override
  public Thread start(String name, Runnable task) {
    return startPlatform(name, task);
  }

  @Override
  public Thread startPlatform(String name, Runnable task) {
    return Thread.ofPlatform().name(name).start(task);
  }

  @Override
  public void interrupt(Thread thread) {
    thread.interrupt();
  }
}
