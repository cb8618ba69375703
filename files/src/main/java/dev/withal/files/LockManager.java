package dev.withal.files;

import dev.withal.AsyncContext;
import dev.withal.AsyncContextManager;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import java.io.IOException;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.util.concurrent.CompletionStage;

/**
 * Locks a file against other processes, and against other locks of this one.
 *
 * <p>Design. The system's lock belongs to the process, and the JDK refuses a second one on the same
 * file. So a {@link LockQueue} orders the uses in this process, and the one that has the turn asks
 * the system.
 *
 * @param path the file to lock
 * @param access the executor for enter and exit, and the attributes of a new file
 */
record LockManager(Path path, FileAccess access) implements AsyncContextManager<FileLock> {

  @Override
  public CompletionStage<? extends AsyncContext<FileLock>> enterAsync() {
    var wait = new LockWait(this);
    return Acquiring.start(wait, wait::begin);
  }

  /** Runs the task on the executor, or on this thread if the executor is gone. */
  void execute(Runnable task) {
    try {
      access.executor().execute(task);
    } catch (Throwable ignored) {
      // The error says that the executor is gone, which isn't the outcome for the lock.
      task.run();
    }
  }

  @Override
  public String toString() {
    return "AsyncPath.lock(" + path + ")";
  }

  /** A lock that is held. */
  record Held(FileLock value, Object key, LockManager manager) implements AsyncContext<FileLock> {

    @Override
    public CompletionStage<Verdict> exitAsync(ExitCase how) {
      var released = new Task<>("unlock", this::release);
      manager.execute(released);
      return released.thenApply(ignored -> Verdict.PROPAGATE);
    }

    private boolean release() throws IOException {
      try (var channel = value.acquiredBy()) {
        if (value.isValid()) {
          value.release();
        }
        return channel.isOpen();
      } finally {
        LockQueue.pass(key);
      }
    }

    @Override
    public String toString() {
      return "lock on " + manager.path();
    }
  }
}
