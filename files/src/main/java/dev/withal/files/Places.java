package dev.withal.files;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Runs a limited number of tasks on an executor at a time, as each may have a file open.
 *
 * <p>Design. A task holds a place only while it is in a system call. It gives the place back before
 * its future is done, so that a caller's code never runs while one is held, and earlier if it is
 * about to wait for another process. So no holder of a place waits for another one.
 */
final class Places {
  /** The number of places. */
  static final int AT_ONCE = 64;

  /** The number of tasks that may wait for a place. */
  static final int LIMIT = 1_000_000;

  private final Executor executor;
  private final ReentrantLock lock = new ReentrantLock();

  // Guarded by the lock.
  private final ArrayDeque<Placed<?>> waiting = new ArrayDeque<>();
  private int held;

  Places(Executor executor) {
    this.executor = executor;
  }

  /** Work that is done in a place. */
  @FunctionalInterface
  interface Work<R extends @Nullable Object> {
    R run(Place place) throws IOException, InterruptedException;
  }

  /** {@return a task that runs when there is a place for it} */
  <R extends @Nullable Object> Task<R> start(Object name, Work<? extends R> work) {
    Placed<R> task = Placed.of(name, this, work);
    try {
      if (begins(task)) {
        execute(task);
      }
    } catch (Throwable refusal) {
      task.completeExceptionally(refusal);
    }
    return task;
  }

  private boolean begins(Placed<?> task) {
    lock.lock();
    try {
      if (held < AT_ONCE) {
        held++;
        return true;
      }
      if (waiting.size() >= LIMIT) {
        throw new RejectedExecutionException(
            LIMIT + " operations on paths are waiting: wait for some to be done before the next");
      }
      waiting.add(task);
      return false;
    } finally {
      lock.unlock();
    }
  }

  private void execute(Placed<?> task) {
    try {
      executor.execute(task);
    } catch (Throwable refusal) {
      task.place.leave();
      throw refusal;
    }
  }

  /** Passes a place on to the next waiting task. */
  private void pass() {
    for (Placed<?> next = next(); next != null; next = next()) {
      Placed<?> begun = next;
      try {
        executor.execute(begun);
        return;
      } catch (Throwable refusal) {
        // Guard against an executor that fails, and runs the task nevertheless.
        if (!begun.place.left.compareAndSet(false, true)) {
          return;
        }
        // On a thread of its own: passing the place on must not wait for a caller's code.
        Thread.startVirtualThread(() -> begun.completeExceptionally(refusal));
      }
    }
  }

  private @Nullable Placed<?> next() {
    lock.lock();
    try {
      Placed<?> next = waiting.poll();
      if (next == null) {
        held--;
      }
      return next;
    } finally {
      lock.unlock();
    }
  }

  /** The place of a task, until the task leaves it. */
  static final class Place {
    private final Places places;
    private final Wait opening = new Wait();
    private volatile Waits waits = Waits.NONE;
    private @Nullable Task<?> holder;
    private final AtomicBoolean left = new AtomicBoolean();

    private Place(Places places) {
      this.places = places;
    }

    /**
     * Gives the place back before the task ends, as the task is about to wait for another process.
     */
    void leave() {
      if (left.compareAndSet(false, true)) {
        places.pass();
      }
    }

    /** {@return where the task waits for another process to open the other end} */
    Wait opening() {
      return opening;
    }

    /** Records where the task waits from now on, so that it can be woken there. */
    void waitsAt(Waits open) {
      open.asker(holder);
      waits = open;
    }

    private void wake() {
      opening.wake();
      waits.wake();
    }
  }

  /** A task that has a place while it runs. */
  static final class Placed<R extends @Nullable Object> extends Task<R> {
    private final Place place;

    private Placed(Object name, Place place, Work<? extends R> work) {
      super(name, () -> work.run(place));
      this.place = place;
      place.holder = this;
      place.opening.asker(this);
    }

    static <R extends @Nullable Object> Placed<R> of(
        Object name, Places places, Work<? extends R> work) {
      return new Placed<>(name, new Place(places), work);
    }

    @Override
    void wake() {
      place.wake();
    }

    @Override
    void ended() {
      place.leave();
    }
  }
}
