package dev.withal.testkit;

import dev.withal.internal.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The clock and the waiting of {@link VirtualTime}.
 *
 * <p>Design: one lock guards everything. {@code busy} counts the known threads that run and the
 * tasks that wait for a thread; the thread that takes it to zero runs the next event of the agenda.
 * A waiting thread is counted as busy again by the thread that wakes it, not when it wakes, so that
 * the clock can't jump in between. Each waiting thread has a condition of its own: a thousand that
 * wait would otherwise all wake whenever one of them does.
 */
final class VirtualClock implements Time {
  private final ReentrantLock lock = new ReentrantLock();

  /** Signalled when fewer threads are busy, for those that wait until all have settled. */
  private final Condition idled = lock.newCondition();

  private final Agenda agenda = new Agenda();
  private final Set<Thread> known = new HashSet<>();
  private final Map<Thread, Waiter> waiters = new HashMap<>();
  private int busy = 1;

  /** Creates a clock that knows the calling thread. */
  VirtualClock() {
    known.add(Thread.currentThread());
  }

  Duration elapsed() {
    return locked(agenda::elapsed);
  }

  int runningThreads() {
    return locked(() -> known.size() - (known.contains(Thread.currentThread()) ? 1 : 0));
  }

  int pendingTimers() {
    return locked(agenda::timers);
  }

  void advance(Duration duration) {
    Duration until = elapsed().plus(duration);
    settle();
    lock.lock();
    try {
      while (runTimer(agenda.next(until))) {
        settleLocked();
      }
      agenda.passTo(until);
    } finally {
      lock.unlock();
    }
  }

  void settle() {
    locked(this::settleLocked);
  }

  @Nullable Throwable settle(Duration limit) throws InterruptedException {
    lock.lock();
    try {
      int own = known.contains(Thread.currentThread()) ? 1 : 0;
      long left = limit.toNanos();
      while (busy > own && left > 0) {
        left = idled.awaitNanos(left);
      }
      return busy > own ? whereBusy() : null;
    } finally {
      lock.unlock();
    }
  }

  boolean runNext() {
    return locked(() -> runTimer(agenda.next()));
  }

  /** Hands a task to an executor: busy from now until it has run, or is refused. */
  void hand(Runnable task, Executor executor) {
    var waiting = new AtomicBoolean(true);
    locked(() -> busy++);
    try {
      executor.execute(() -> {
        waiting.set(false);
        run(task);
      });
    } catch (Throwable refused) {
      // An executor that runs the task on this thread may throw the task's error.
      if (waiting.getAndSet(false)) {
        locked(this::idle);
      }
      throw refused;
    }
  }

  // ---- calls from core -------------------------------------------------------------------------

  @Override
  public Instant now() {
    return Instant.EPOCH.plus(elapsed());
  }

  @Override
  public Timer schedule(Duration delay, Runnable action) {
    if (Time.isEndless(delay)) {
      return () -> {};
    }
    Duration wait = delay.isNegative() ? Duration.ZERO : delay;
    return locked(() -> {
      Agenda.Pending timer = agenda.schedule(wait, action);
      return () -> locked(() -> agenda.cancel(timer));
    });
  }

  @Override
  public void watch(Duration delay, Runnable action) {
    locked(() -> agenda.watch(delay, action));
  }

  @Override
  public void await(CompletableFuture<?> future) throws InterruptedException {
    Thread own = Thread.currentThread();
    var waiter = new Waiter();
    lock.lock();
    try {
      // Guard against race with the one that completes it and ends: looked at under the lock, or
      // nobody would be busy as this thread begins to wait, and time would pass.
      if (future.isDone()) {
        return;
      }
      // The same for an interruption, which would find no thread that waits yet.
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      boolean counted = known.contains(own);
      if (counted) {
        waiters.put(own, waiter);
        waiter.woken = false;
        idle();
      }
      // Runs immediately if the future is done by now; the lock is reentrant.
      future.whenComplete((ignored, unused) -> locked(() -> wakeFor(waiter)));
      while (!future.isDone() && !waiter.interrupted) {
        waiter.woke.await();
      }
      if (counted) {
        waiter.wake();
      }
      if (waiter.interrupted && future.isDone()) {
        own.interrupt();
      } else if (waiter.interrupted) {
        throw new InterruptedException();
      }
    } catch (InterruptedException e) {
      waiter.wake();
      throw e;
    } finally {
      waiters.remove(own);
      lock.unlock();
    }
  }

  private boolean wakeFor(Waiter waiter) {
    waiter.wake();
    return true;
  }

  @Override
  public Thread start(String name, Runnable task) {
    return start(Thread.ofVirtual().name(name), task);
  }

  @Override
  public Thread startPlatform(String name, Runnable task) {
    return start(
        Thread.ofPlatform().daemon().name(name).inheritInheritableThreadLocals(false), task);
  }

  private Thread start(Thread.Builder builder, Runnable task) {
    locked(() -> busy++);
    return builder.start(() -> run(task));
  }

  @Override
  public void interrupt(Thread thread) {
    lock.lock();
    try {
      Waiter waiter = waiters.get(thread);
      if (waiter == null) {
        thread.interrupt();
      } else {
        waiter.interrupted = true;
        waiter.wake();
      }
    } finally {
      lock.unlock();
    }
  }

  // ---- the clock, under the lock ---------------------------------------------------------------

  /** Starts the next event of the agenda. {@return whether there was one} */
  private boolean runTimer(@Nullable Runnable next) {
    if (next != null) {
      start(Thread.ofVirtual().name("virtual-timer").inheritInheritableThreadLocals(false), next);
    }
    return next != null;
  }

  /** {@return whether time stands still now} */
  private boolean idle() {
    busy--;
    if (busy == 0) {
      runTimer(agenda.next());
    }
    idled.signalAll();
    return busy == 0;
  }

  private Throwable whereBusy() {
    var where = new Throwable("a task that waits for a thread");
    for (Thread thread : known) {
      if (thread != Thread.currentThread() && !waiters.containsKey(thread)) {
        where = new Throwable(thread.getName());
        where.setStackTrace(thread.getStackTrace());
      }
    }
    return where;
  }

  private boolean settleLocked() {
    int own = known.contains(Thread.currentThread()) ? 1 : 0;
    try {
      while (busy > own) {
        idled.await();
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(
          "interrupted while it waited for a thread that neither ends nor waits", whereBusy());
    }
  }

  /** Runs a task that {@link #start}, {@link #hand} or a timer has counted as busy. */
  private void run(Runnable task) {
    Thread own = Thread.currentThread();
    boolean guest = locked(() -> arrives(own));
    try {
      task.run();
    } finally {
      if (guest) {
        locked(() -> {
          idle();
          return known.remove(own);
        });
      }
    }
  }

  /** {@return whether the thread is a new one} A known thread is counted as busy already. */
  private boolean arrives(Thread own) {
    boolean fresh = known.add(own);
    if (!fresh) {
      busy--;
    }
    return fresh;
  }

  private <T> T locked(Supplier<T> action) {
    lock.lock();
    try {
      return action.get();
    } finally {
      lock.unlock();
    }
  }

  /** A known thread that waits. */
  private final class Waiter {
    private final Condition woke = lock.newCondition();

    /** Whether it is counted as busy, or isn't known. */
    private boolean woken = true;

    private boolean interrupted;

    /** Lets the thread look, and counts it as busy again, once. Needs the lock. */
    void wake() {
      if (!woken) {
        woken = true;
        busy++;
      }
      woke.signal();
    }
  }
}
