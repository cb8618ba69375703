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
 * file; so a {@link LockQueue} orders those of this process, and who has the turn asks the system.
 *
 * @param path what is locked
 * @param access what runs enter and exit, and with what the file is created
 */
record LockManager(Path path, FileAccess access) implements AsyncContextManager<FileLock> {

  @Override
  public CompletionStage<? extends AsyncContext<FileLock>> enterAsync() {
    var wait = new LockWait(this);
    return Acquiring.start(wait, wait::begin);
  }

  /** Runs it on the executor, and on this thread if that is gone. */
  void execute(Runnable task) {
    try {
      access.executor().execute(task);
    } catch (Throwable _) {
      // It says that the executor is gone, which isn't what becomes of the lock.
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
      return released.thenApply(_ -> Verdict.PROPAGATE);
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
