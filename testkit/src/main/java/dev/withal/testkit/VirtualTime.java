package dev.withal.testkit;

import dev.withal.Async;
import dev.withal.internal.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Time that passes only when nothing else can happen: delays and timeouts of Withal take no real
 * time in a test, and always come in the same order.
 *
 * <p>While it is in force, it knows the thread that installed it, the threads that Withal starts
 * and those of {@link #start} and {@link #executor}. Once all of these wait for stages in direct
 * style, the clock jumps to the next timer and runs it, on a virtual thread, one timer after the
 * other. A test of stage style moves the clock by {@link #advance} or waits with {@link #await}.
 *
 * <p>What it can't know: a thread that blocks in another way counts as busy, and a stage that a
 * thread unknown to it completes doesn't hold the clock. It is in force in the whole process, so
 * tests that use it run one after the other. Thread-safe. A null argument is refused with a {@link
 * NullPointerException}.
 */
public final class VirtualTime implements AutoCloseable {

  /*
   * Design: one lock guards everything. `busy` counts the known threads that run and the tasks that
   * wait for a thread; whoever takes it to zero runs the next timer. A waiting thread is counted as
   * busy again by the one who wakes it, not when it wakes, so that the clock can't jump in between.
   */

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final PriorityQueue<Pending> timers =
      new PriorityQueue<>(Comparator.comparing(Pending::due).thenComparingLong(Pending::number));
  private final Set<Thread> known = new HashSet<>();
  private final Map<Thread, Waiter> waiters = new HashMap<>();
  private final Time before = Time.current();
  private final Seam seam = new Seam();
  private Duration elapsed = Duration.ZERO;
  private long scheduled;
  private int busy = 1;

  private VirtualTime() {
    known.add(Thread.currentThread());
  }

  /**
   * {@return virtual time, in force until it is closed} The calling thread is known to it.
   *
   * @throws IllegalStateException if virtual time is in force already
   */
  public static VirtualTime install() {
    var time = new VirtualTime();
    if (time.before instanceof VirtualTime.Seam) {
      throw new IllegalStateException("virtual time is in force already: close it first");
    }
    Time.replace(time.before, time.seam);
    return time;
  }

  /** {@return how much virtual time has passed} */
  public Duration elapsed() {
    return locked(() -> elapsed);
  }

  /** {@return how many threads that are known here have not ended, other than the calling one} */
  public int runningThreads() {
    return locked(() -> known.size() - (known.contains(Thread.currentThread()) ? 1 : 0));
  }

  /** {@return how many timers are pending} */
  public int pendingTimers() {
    return locked(timers::size);
  }

  /**
   * Lets time pass: runs the timers that become due, in order, each when everything that the one
   * before led to has happened.
   *
   * @param duration how much
   */
  public void advance(Duration duration) {
    Duration until = elapsed().plus(duration);
    settle();
    lock.lock();
    try {
      for (Pending next = timers.peek();
          next != null && next.due.compareTo(until) <= 0;
          next = timers.peek()) {
        runNextTimer();
        settleLocked();
      }
      elapsed = until;
    } finally {
      lock.unlock();
    }
  }

  /** Waits until every other known thread has ended or waits, without letting time pass. */
  public void settle() {
    locked(this::settleLocked);
  }

  /**
   * Waits like {@link #settle()}, but no longer than this in real time. {@return where a thread is
   * that neither ends nor waits; null if there is none}
   */
  @Nullable Throwable settle(Duration limit) throws InterruptedException {
    lock.lock();
    try {
      int own = known.contains(Thread.currentThread()) ? 1 : 0;
      long left = limit.toNanos();
      while (busy > own && left > 0) {
        left = changed.awaitNanos(left);
      }
      return busy > own ? whereBusy() : null;
    } finally {
      lock.unlock();
    }
  }

  /** Runs the next timer, whenever it is due. {@return whether there was one} */
  boolean runNext() {
    return locked(() -> {
      if (timers.isEmpty()) {
        return false;
      }
      runNextTimer();
      return true;
    });
  }

  /**
   * Waits for a stage and lets time pass as it needs.
   *
   * @param stage what to wait for
   * @param <T> the type of the value
   * @return what it completed with
   * @throws Exception if it failed: its error, as it is
   */
  public <T extends @Nullable Object> T await(CompletionStage<? extends T> stage) throws Exception {
    return Async.<T, Exception>await(stage);
  }

  /**
   * Starts a virtual thread that is known here.
   *
   * @param task what it runs
   * @return the started thread
   */
  public Thread start(Runnable task) {
    return seam.start("virtual-time", Objects.requireNonNull(task, "task"));
  }

  /**
   * {@return an executor whose tasks are known here}
   *
   * @param executor what runs them
   */
  public Executor executor(Executor executor) {
    Objects.requireNonNull(executor, "executor");
    return task -> {
      begin();
      executor.execute(() -> run(task));
    };
  }

  /**
   * Interrupts a thread; time doesn't pass until it has seen that.
   *
   * @param thread whom to interrupt
   */
  public void interrupt(Thread thread) {
    seam.interrupt(thread);
  }

  /** Puts real time in force again. */
  @Override
  public void close() {
    Time.replace(seam, before);
  }

  // ---- the clock, under the lock ---------------------------------------------------------------

  private void runNextTimer() {
    Pending next = Objects.requireNonNull(timers.poll());
    elapsed = next.due;
    busy++;
    Thread.ofVirtual().name("virtual-timer").start(() -> run(next.action));
  }

  private void idle() {
    busy--;
    if (busy == 0 && !timers.isEmpty()) {
      runNextTimer();
    }
    changed.signalAll();
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
    while (busy > own) {
      changed.awaitUninterruptibly();
    }
    return true;
  }

  private void begin() {
    locked(() -> busy++);
  }

  /** Runs what {@link #begin} or a timer has counted as busy. */
  private void run(Runnable task) {
    Thread own = Thread.currentThread();
    locked(() -> known.add(own));
    try {
      task.run();
    } finally {
      locked(() -> ended(own));
    }
  }

  private boolean ended(Thread own) {
    idle();
    return known.remove(own);
  }

  private <T> T locked(Supplier<T> action) {
    lock.lock();
    try {
      return action.get();
    } finally {
      lock.unlock();
    }
  }

  private record Pending(Duration due, long number, Runnable action) {}

  /** A known thread that waits. */
  private final class Waiter {
    private boolean woken;
    private boolean interrupted;

    /** Counts the thread as busy again, once. Needs the lock. */
    void wake() {
      if (!woken) {
        woken = true;
        busy++;
        changed.signalAll();
      }
    }
  }

  // ---- what core calls -------------------------------------------------------------------------

  private final class Seam implements Time {

    @Override
    public Instant now() {
      return Instant.EPOCH.plus(elapsed());
    }

    @Override
    public Timer schedule(Duration delay, Runnable action) {
      lock.lock();
      try {
        Duration wait = delay.isNegative() ? Duration.ZERO : delay;
        var pending = new Pending(elapsed.plus(wait), scheduled++, action);
        timers.add(pending);
        return () -> locked(() -> timers.remove(pending));
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void await(CompletableFuture<?> future) throws InterruptedException {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      Thread own = Thread.currentThread();
      var waiter = new Waiter();
      lock.lock();
      try {
        if (!known.contains(own)) {
          waiter.woken = true; // not counted, so never to be counted again
        } else {
          waiters.put(own, waiter);
          idle();
        }
        boolean counted = !waiter.woken;
        // Runs at once if the future is done by now; the lock is reentrant.
        future.whenComplete((_, _) -> locked(() -> wakeFor(waiter)));
        while (!future.isDone() && !waiter.interrupted) {
          changed.await();
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
      changed.signalAll();
      return true;
    }

    @Override
    public Thread start(String name, Runnable task) {
      begin();
      return Thread.ofVirtual().name(name).start(() -> run(task));
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
  }
}
