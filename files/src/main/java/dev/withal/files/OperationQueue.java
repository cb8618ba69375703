package dev.withal.files;

import dev.withal.ExitCase;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Gives the operations on one file their turns: one at a time, in the order in which they were
 * called.
 *
 * <p>Design. {@code state} says whether the turn is taken, and whether others may wait for it.
 * Taking a free turn, and giving it back when nobody waits, is one swap each: that is the whole
 * cost for a line that is already in memory. The waiting operations are in {@code line}, under the
 * lock; giving the turn back hands it to the first of them. An operation of stage style uses its
 * turn on the executor, as a task of its own, so that files share an executor fairly. A direct call
 * uses it on its own thread. A close empties the line, so that nothing is between the running
 * operation and itself; it never gives its turn back, and so lets nothing in after it. Neither an
 * operation nor the executor is called under the lock.
 */
final class OperationQueue {
  /** The number of waiting operations from which on stage style is refused another turn. */
  static final int LIMIT = 1024;

  private static final int FREE = 0;
  private static final int TAKEN = 1;

  /** Taken, and giving it back must look into the line. */
  private static final int AWAITED = 2;

  private static final VarHandle STATE;

  static {
    try {
      STATE = MethodHandles.lookup().findVarHandle(OperationQueue.class, "state", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Path path;
  private final Executor executor;
  private final Waits waits;
  private final ReentrantLock lock = new ReentrantLock();

  @SuppressWarnings("UnusedVariable") // by its handle
  private volatile int state = FREE;

  // Guarded by the lock.
  private final ArrayDeque<Turn> line = new ArrayDeque<>();

  // Written under the lock.
  private volatile boolean closed;

  /**
   * The thread that is about to pass on the turn of an operation that is over. Each thread compares
   * it with itself only.
   */
  private volatile @Nullable Thread debtor;

  OperationQueue(Path path, Executor executor, Waits waits) {
    this.path = path;
    this.executor = executor;
    this.waits = waits;
  }

  Path path() {
    return path;
  }

  Executor executor() {
    return executor;
  }

  void requireOpen(Action action) throws FileClosedException {
    if (closed) {
      throw FileClosedException.after(path, action);
    }
  }

  /**
   * Records the running operation of stage style, so that a wait for another process sees requests.
   */
  void asker(@Nullable Task<?> task) {
    waits.asker(task);
  }

  /** Wakes a wait for another process. */
  void wake() {
    waits.wake();
  }

  /**
   * Takes the turn if it is free. {@return whether it was; if so, the caller must {@linkplain
   * #release give it back}}
   */
  boolean tryTake() {
    return state == FREE && STATE.compareAndSet(this, FREE, TAKEN);
  }

  /** Takes the turn on the calling thread, when it comes. */
  void take(Action action) throws FileClosedException, InterruptedException {
    if (!tryTake()) {
      var turn = new DirectTurn(action);
      if (mustWait(turn)) {
        // A dependent of an operation may call this on the thread that still owes the turn.
        catchUp();
        turn.await();
      }
    }
  }

  /** Runs the body on the calling thread when its turn has come. */
  <R extends @Nullable Object> R call(Action action, Task.Body<? extends R> body)
      throws IOException, InterruptedException {
    take(action);
    try {
      return body.run();
    } finally {
      release();
    }
  }

  /** Runs the body on the executor when its turn has come. */
  <R extends @Nullable Object> Operation<R> submit(Action action, Task.Body<? extends R> body) {
    var operation = new Operation<R>(this, action, body);
    try {
      if (!mustWait(operation) && !operation.take()) {
        give(next());
        operation.tellRefusal();
      }
    } catch (FileClosedException error) {
      operation.completeExceptionally(error);
    }
    return operation;
  }

  /** Runs the body on the executor after the running operation, before all waiting ones. */
  CompletableFuture<@Nullable Void> close(Task.Body<?> body, ExitCase how) {
    var closing = new Closing(this, body, how);
    boolean wait = mustWait(closing);
    // A wait for another process may last without end.
    waits.endWaits(how);
    if (!wait) {
      give(closing);
    }
    return closing.closed();
  }

  /** Ends the turn of the caller. */
  void release() {
    if (!STATE.compareAndSet(this, TAKEN, FREE)) {
      give(next());
    }
  }

  /** Ends the turn of an operation whose future is not done yet. */
  void release(Operation<?> over) {
    if (!STATE.compareAndSet(this, TAKEN, FREE)) {
      Turn next = next();
      if (next instanceof Closing closing) {
        closing.after(over);
      }
      give(next);
    }
  }

  /**
   * Ends the turn of an operation if nobody waits; otherwise the calling thread passes it on later.
   */
  void releaseOrOwe() {
    if (!STATE.compareAndSet(this, TAKEN, FREE)) {
      debtor = Thread.currentThread();
    }
  }

  /** Passes on the turn that the calling thread owes, if it does, as it is about to wait. */
  void catchUp() {
    if (settle()) {
      give(next());
    }
  }

  /**
   * {@return whether the calling thread owed a turn; from now on it doesn't, and must pass the turn
   * on}
   */
  boolean settle() {
    if (debtor != Thread.currentThread()) {
      return false;
    }
    debtor = null;
    return true;
  }

  private void give(@Nullable Turn first) {
    for (Turn turn = first; turn != null && !turn.take(); ) {
      Turn next = next();
      if (turn instanceof Operation<?> refused && !refused.isDone()) {
        if (next instanceof Closing closing) {
          closing.after(refused);
        }
        // On a thread of its own: passing the turn on must not wait for a caller's code.
        Thread.startVirtualThread(refused::tellRefusal);
      }
      turn = next;
    }
  }

  private @Nullable Turn next() {
    lock.lock();
    try {
      Turn next = line.poll();
      if (next == null) {
        state = FREE;
      }
      return next;
    } finally {
      lock.unlock();
    }
  }

  private boolean mustWait(Turn turn) throws FileClosedException {
    lock.lock();
    try {
      requireOpen(turn.action());
      if (turn instanceof Operation && line.size() >= LIMIT) {
        throw new RejectedExecutionException(
            path
                + ": "
                + LIMIT
                + " operations are waiting: wait for some to be done before the next "
                + turn.action());
      }
      return queued(turn);
    } finally {
      lock.unlock();
    }
  }

  private boolean mustWait(Closing closing) {
    lock.lock();
    try {
      if (closed) {
        throw new IllegalStateException(path + ": exited twice: exit a context exactly once");
      }
      closed = true;
      closing.refuseAfterwards(List.copyOf(line));
      line.clear();
      return queued(closing);
    } finally {
      lock.unlock();
    }
  }

  /** {@return whether the turn must be awaited} Called under the lock. */
  private boolean queued(Turn turn) {
    while (true) {
      if (tryTake()) {
        return false;
      }
      // Guard against race with a thread that gives the turn back without looking here.
      if (state == AWAITED || STATE.compareAndSet(this, TAKEN, AWAITED)) {
        line.add(turn);
        return true;
      }
    }
  }
}
