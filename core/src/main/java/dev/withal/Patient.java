package dev.withal;

import dev.withal.internal.Shield;
import dev.withal.internal.Time;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Lock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A synchronous manager whose enter can wait for a bounded time, and whose exit doesn't wait.
 *
 * <p>Design: a lock is held by the thread that entered it, so a bound on its enter may not move it
 * to another thread. The bound becomes that of the call.
 */
interface Patient<T extends @Nullable Object> extends ContextManager<T> {

  /**
   * {@return the same manager under a name, with a bound on its enter beside its patience}
   *
   * @param limit null for the bound that it has, if it has one
   */
  ContextManager<T> within(@Nullable Duration limit, @Nullable String name);

  /** Holds a lock; waits for it without a bound if it has neither patience nor one. */
  record Locked(
      Lock lock, @Nullable Duration patience, @Nullable Duration bound, @Nullable String name)
      implements Patient<Lock> {
    private static final String ELSEWHERE =
        "the lock isn't held by the thread that exits it: leave unlocking to the exit, and close a"
            + " stack that holds a lock by close() on the thread that entered it";

    @Override
    public ContextManager<Lock> within(@Nullable Duration limit, @Nullable String other) {
      return new Locked(lock, patience, limit == null ? bound : limit, other);
    }

    @Override
    public Context<Lock> enter() throws Exception {
      Duration limit = shorter(patience, bound);
      Wait wait =
          limit == null
              ? unbounded -> {
                lock.lockInterruptibly();
                return true;
              }
              : nanos -> lock.tryLock(nanos, TimeUnit.NANOSECONDS);
      if (!shielded(limit, wait)) {
        throw new TimeoutException(
            (name == null ? "the lock" : name) + " wasn't free within " + limit);
      }
      return holding(this, lock, Locked::unlock);
    }

    private static void unlock(Lock lock) {
      try {
        lock.unlock();
      } catch (IllegalMonitorStateException e) {
        var failure = new IllegalMonitorStateException(ELSEWHERE);
        failure.initCause(e);
        throw failure;
      }
    }

    @Override
    public String toString() {
      return name == null ? "lock" : name;
    }
  }

  /**
   * Holds one permit of a semaphore; waits for it without a bound if it has neither patience nor
   * one.
   */
  record Permitted(
      Semaphore semaphore,
      @Nullable Duration patience,
      @Nullable Duration bound,
      @Nullable String name)
      implements Patient<Semaphore> {
    @Override
    public ContextManager<Semaphore> within(@Nullable Duration limit, @Nullable String other) {
      return new Permitted(semaphore, patience, limit == null ? bound : limit, other);
    }

    @Override
    public Context<Semaphore> enter() throws Exception {
      Duration limit = shorter(patience, bound);
      Wait wait =
          limit == null
              ? unbounded -> {
                semaphore.acquire();
                return true;
              }
              : nanos -> semaphore.tryAcquire(nanos, TimeUnit.NANOSECONDS);
      if (!shielded(limit, wait)) {
        throw new TimeoutException(
            (name == null ? "the semaphore" : name) + " had no permit within " + limit);
      }
      return holding(this, semaphore, Semaphore::release);
    }

    @Override
    public String toString() {
      return name == null ? "permit" : name;
    }
  }

  /**
   * {@return a context of its own for each enter: by it, those who add to an error are told apart}
   */
  private static <T> Context<T> holding(Patient<T> manager, T held, Consumer<? super T> release) {
    return new CallManager.Called<>(
        manager,
        held,
        (value, ignored) -> {
          release.accept(value);
          return Verdict.PROPAGATE;
        });
  }

  private static @Nullable Duration shorter(@Nullable Duration one, @Nullable Duration other) {
    if (one == null || other == null) {
      return one == null ? other : one;
    }
    return one.compareTo(other) < 0 ? one : other;
  }

  /** A wait that an interruption ends, or some time if it is bounded. */
  interface Wait {
    /** {@return whether what was waited for came in time} */
    boolean end(long nanos) throws InterruptedException;
  }

  /** Waits; in an exit of the calling thread, an interruption from outside it doesn't end that. */
  private static boolean shielded(@Nullable Duration limit, Wait wait) throws InterruptedException {
    long whole = limit == null ? 0 : TimeUnit.NANOSECONDS.convert(limit);
    Shield shield = Shield.ofThread();
    if (shield.depth() == 0) {
      return wait.end(whole);
    }
    long began = Time.current().nanos();
    long left = whole;
    while (true) {
      try {
        return wait.end(left);
      } catch (InterruptedException e) {
        if (shield.letsThrough()) {
          throw e;
        }
        left = whole - (Time.current().nanos() - began);
      }
    }
  }
}
