package dev.withal.files;

import dev.withal.ExitCase;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Gives the operations on one file their turns: one at a time, in the order in which they were
 * called.
 *
 * <p>Design. {@code busy} says that somebody has the turn; who has it calls {@link #release}, which
 * hands it to the first in line. An operation of stage style uses its turn on the executor, as a
 * task of its own, so that files share an executor fairly. A direct call uses it on its own thread.
 * A close empties the line, so that nothing is between the running operation and itself, and lets
 * nobody in after it. The lock guards the fields and nothing else: neither an operation nor the
 * executor is called under it.
 */
final class OperationQueue {
  /** How many may wait when stage style asks for another turn. */
  static final int LIMIT = 1024;

  private final Path path;
  private final Executor executor;
  private final ReentrantLock lock = new ReentrantLock();

  // Guarded by the lock.
  private final ArrayDeque<Turn> line = new ArrayDeque<>();
  private boolean busy;

  // Written under the lock.
  private volatile boolean closed;

  OperationQueue(Path path, Executor executor) {
    this.path = path;
    this.executor = executor;
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

  /** Runs the body on the calling thread when its turn has come. */
  <R extends @Nullable Object> R call(Action action, Operation.Body<? extends R> body)
      throws IOException {
    var turn = new DirectTurn(action);
    if (mustWait(turn)) {
      turn.await();
    }
    try {
      return body.run();
    } finally {
      release();
    }
  }

  /** Runs the body on the executor when its turn has come. */
  <R extends @Nullable Object> Operation<R> submit(
      Action action, Operation.Body<? extends R> body) {
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

  /** Runs the body on the executor and waits for it; for the thread whose turn it is. */
  <R extends @Nullable Object> R onExecutor(Operation.Body<? extends R> body) throws IOException {
    var done = new CompletableFuture<R>();
    executor.execute(() -> {
      try {
        done.complete(body.run());
      } catch (Throwable error) {
        done.completeExceptionally(error);
      }
    });
    try {
      // An interruption doesn't end this wait.
      return done.join();
    } catch (CompletionException failure) {
      throw OperationQueue.<IOException>unwrapped(failure);
    }
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <X extends Throwable> X unwrapped(CompletionException failure) throws X {
    Throwable cause = failure.getCause();
    throw (X) (cause == null ? failure : cause);
  }

  /** Runs the body on the executor once the operation that runs is done, before all that wait. */
  CompletableFuture<@Nullable Void> close(Operation.Body<?> body, ExitCase how) {
    var closing = new Closing(this, body, how);
    if (!mustWait(closing)) {
      give(closing);
    }
    return closing.closed();
  }

  /** Ends the turn of the one who calls it. */
  void release() {
    give(next());
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
      busy = next != null;
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
    if (busy) {
      line.add(turn);
    }
    boolean wait = busy;
    busy = true;
    return wait;
  }
}
