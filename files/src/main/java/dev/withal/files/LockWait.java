package dev.withal.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A wait for a lock, and the future of it.
 *
 * <p>Design. There are three steps: identifying the file, which may create it; the turn among the
 * waits of this process, which needs no resources; and the lock. If another process has the lock, a
 * helper waits: an interruption ends its wait and closes the channel. Nothing else in this process
 * has the file open, since closing it would release a lock that is held.
 *
 * <p>Failing the future asks the wait to end. A caller that sees it fail for that reason knows that
 * the wait has left the queue.
 */
final class LockWait extends CompletableFuture<LockManager.Held> {
  private final LockManager manager;

  // Guarded by this.
  private @Nullable Throwable request;
  private @Nullable Object queuedAt;
  private @Nullable BlockingThread helper;

  LockWait(LockManager manager) {
    this.manager = manager;
  }

  void begin() {
    Throwable refusal = start(this::findAndQueue, null);
    if (refusal != null) {
      super.completeExceptionally(refusal);
    }
  }

  /**
   * Called when the turn has come.
   *
   * @return false if the executor refuses it: then it is the next one's
   */
  boolean turn() {
    Object key;
    synchronized (this) {
      key = Objects.requireNonNull(queuedAt);
    }
    Throwable refusal = start(() -> lock(key), key);
    if (refusal == null) {
      return true;
    }
    // On a thread of its own: passing the turn on must not wait for a caller's code.
    Thread.startVirtualThread(() -> super.completeExceptionally(refusal));
    return false;
  }

  /** A step of the wait; blocks. */
  @FunctionalInterface
  private interface Step {
    void run() throws IOException;
  }

  /**
   * Takes a step on the executor. If it fails, so does the wait.
   *
   * @param turn the file for which this wait has the turn, which is passed on if the step fails;
   *     null if it has none
   * @return the error if the executor refuses the step, which then isn't taken; otherwise null
   */
  private @Nullable Throwable start(Step step, @Nullable Object turn) {
    var begun = new AtomicBoolean();
    Runnable task =
        () -> {
          if (!begun.compareAndSet(false, true)) {
            return;
          }
          try {
            step.run();
          } catch (Throwable failure) {
            end(turn, failure);
          }
        };
    try {
      manager.access().executor().execute(task);
      return null;
    } catch (Throwable refusal) {
      // Guard against an executor that fails, and runs the task nevertheless.
      return begun.compareAndSet(false, true) ? refusal : null;
    }
  }

  private void end(@Nullable Object turn, Throwable failure) {
    if (turn != null) {
      LockQueue.pass(turn);
    }
    super.completeExceptionally(failure);
  }

  /** {@return the identity of the file, which is created if necessary} */
  private Object key() throws IOException {
    Path path = manager.path();
    while (true) {
      try {
        BasicFileAttributes found = Files.readAttributes(path, BasicFileAttributes.class);
        if (!found.isRegularFile()) {
          throw new FileSystemException(
              path.toString(), null, "isn't a regular file: only such a file can be locked");
        }
        Object key = found.fileKey();
        return key == null ? path.toRealPath() : key;
      } catch (NoSuchFileException ignored) {
        create(path);
      }
    }
  }

  private void create(Path path) throws IOException {
    try {
      Files.createFile(ReplacedFile.afterLinks(path), manager.access().attributesAnd());
    } catch (FileAlreadyExistsException ignored) {
      // Other waits were first.
    } catch (FileSystemException failure) {
      throw ReplacedFile.named(path, failure);
    }
  }

  private void findAndQueue() throws IOException {
    Object key = key();
    synchronized (this) {
      queuedAt = key;
    }
    if (LockQueue.join(key, this)) {
      try {
        lock(key);
      } catch (Throwable failure) {
        end(key, failure);
      }
      return;
    }
    Throwable asked = request();
    // Guard against race with the request, which didn't find it in the queue.
    if (asked != null && LockQueue.remove(key, this)) {
      super.completeExceptionally(asked);
    }
  }

  private synchronized @Nullable Throwable request() {
    return request;
  }

  /** Locks the file, as the turn has come. */
  private void lock(Object key) throws IOException {
    Throwable asked = request();
    if (asked != null) {
      end(key, asked);
      return;
    }
    if (!key().equals(key)) {
      again(key);
      return;
    }
    FileChannel channel = FileChannel.open(manager.path(), StandardOpenOption.WRITE);
    FileLock lock;
    try {
      lock = channel.tryLock();
      if (lock == null) {
        awaitOthers(key, channel);
        return;
      }
    } catch (Throwable failure) {
      Cleanup.after(failure, channel);
      // Guard against race with another process, which gave the name to a file locked here.
      if (failure instanceof OverlappingFileLockException && !key().equals(key)) {
        again(key);
        return;
      }
      throw failure;
    }
    obtained(key, channel, lock);
  }

  /** Takes the lock, if the file still has its name. */
  private void obtained(Object key, FileChannel channel, FileLock lock) throws IOException {
    try {
      if (key().equals(key)) {
        super.complete(new LockManager.Held(lock, key, manager));
        return;
      }
    } catch (Throwable failure) {
      Cleanup.after(failure, channel);
      throw failure;
    }
    channel.close();
    again(key);
  }

  /** Begins again, as another file has the name by now. */
  private void again(Object key) {
    synchronized (this) {
      queuedAt = null;
      helper = null;
    }
    LockQueue.pass(key);
    begin();
  }

  /** Waits for other processes, on a helper. */
  private void awaitOthers(Object key, FileChannel channel) {
    var locking = new BlockingThread("withal-files-lock");
    CompletableFuture<FileLock> locked = locking.call(channel::lock);
    locking.end();
    synchronized (this) {
      helper = locking;
    }
    // Guard against race with the request, which found no helper.
    if (request() != null) {
      locking.interrupt();
    }
    // Last, as the wait may begin again, with another helper.
    locked.whenComplete((lock, failure) ->
        // Not on the helper's thread, as a caller's code depends on it.
        manager.execute(() -> locked(key, channel, lock, failure)));
  }

  private void locked(
      Object key, FileChannel channel, @Nullable FileLock lock, @Nullable Throwable failure) {
    Throwable reason;
    if (lock == null) {
      Throwable asked = request();
      reason = asked == null ? Objects.requireNonNull(failure) : asked;
      Cleanup.after(reason, channel);
    } else {
      try {
        obtained(key, channel, lock);
        return;
      } catch (Throwable error) {
        reason = error;
      }
    }
    end(key, reason);
  }

  /** Asks the wait to end. */
  @Override
  public boolean completeExceptionally(Throwable error) {
    Object key;
    BlockingThread waiting;
    synchronized (this) {
      if (request != null || isDone()) {
        return false;
      }
      request = error;
      key = queuedAt;
      waiting = helper;
    }
    if (waiting != null) {
      waiting.interrupt();
    } else if (key != null && LockQueue.remove(key, this)) {
      super.completeExceptionally(error);
    }
    return false;
  }
}
