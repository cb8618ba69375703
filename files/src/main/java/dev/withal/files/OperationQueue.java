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
 * <p>Design. {@code state} says whether somebody has the turn, and whether others may wait for it.
 * To take a free turn and to give it back with nobody waiting is one swap each: that is all that a
 * line costs which is in memory already. Who waits is in {@code line}, under the lock; who gives
 * the turn back hands it to the first there. An operation of stage style uses its turn on the
 * executor, as a task of its own, so that files share an executor fairly. A direct call uses it on
 * its own thread. A close empties the line, so that nothing is between the running operation and
 * itself, never gives its turn back, and so lets nobody in after it. Neither an operation nor the
 * executor is called under the lock.
 */
final class OperationQueue {
  /** How many may wait when stage style asks for another turn. */
  static final int LIMIT = 1024;

  private static final int FREE = 0;
  private static final int TAKEN = 1;

  /** Taken, and whoever gives it back looks into the line. */
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
   * Who has the turn of an operation that is over, and is about to pass it on. Each thread looks
   * for itself alone.
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
   * Says which operation of stage style runs, so that what waits for another process sees requests.
   */
  void asker(@Nullable Task<?> task) {
    waits.asker(task);
  }

  /** Wakes what waits for another process. */
  void wake() {
    waits.wake();
  }

  /**
   * Takes the turn if it is free. {@return whether it was: then it is to be {@linkplain #release
   * given back}}
   */
  boolean tryTake() {
    return state == FREE && STATE.compareAndSet(this, FREE, TAKEN);
  }

  /** Takes the turn on the calling thread, when it comes. */
  void take(Action action) throws FileClosedException, InterruptedException {
    if (!tryTake()) {
      var turn = new DirectTurn(action);
      if (mustWait(turn)) {
        // What is chained to an operation may call on the thread that still owes its turn.
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
      if (!mustWait(operation)) {
        give(operation);
      }
    } catch (FileClosedException error) {
      operation.completeExceptionally(error);
    }
    return operation;
  }

  /** Runs the body on the executor once the operation that runs is done, before all that wait. */
  CompletableFuture<@Nullable Void> close(Task.Body<?> body, ExitCase how) {
    var closing = new Closing(this, body, how);
    boolean wait = mustWait(closing);
    // What waits for another process may wait without end.
    waits.endWaits(how);
    if (!wait) {
      give(closing);
    }
    return closing.closed();
  }

  /** Ends the turn of the one who calls it. */
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

  /** Ends the turn of an operation if nobody waits; else the calling thread passes it on later. */
  void releaseOrOwe() {
    if (!STATE.compareAndSet(this, TAKEN, FREE)) {
      debtor = Thread.currentThread();
    }
  }

  /** Passes on the turn that the calling thread owes, if it does: it is about to wait. */
  void catchUp() {
    if (settle()) {
      give(next());
    }
  }

  /**
   * {@return whether the calling thread owed a turn: from now on it doesn't, and is to pass it on}
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
      turn = next();
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

  /** {@return whether the turn has to be waited for} Called under the lock. */
  private boolean queued(Turn turn) {
    while (true) {
      if (tryTake()) {
        return false;
      }
      // Guard against race with the one who gives the turn back without looking here.
      if (state == AWAITED || STATE.compareAndSet(this, TAKEN, AWAITED)) {
        line.add(turn);
        return true;
      }
    }
  }
}
