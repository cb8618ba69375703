package dev.withal.files;

import dev.withal.AsyncContext;
import dev.withal.AsyncContextManager;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;

/**
 * Locks a file against other processes, and against other locks of this one.
 *
 * <p>Design. The system's lock belongs to the process, and the JDK refuses a second one on the same
 * file; so a semaphore for each file orders those of this process, and who has it asks the system.
 * Both waits are a helper's, which an interruption ends: it closes the helper's own channel.
 *
 * @param path what is locked
 * @param access what runs enter and exit, and with what the file is created
 */
record LockManager(Path path, FileAccess access) implements AsyncContextManager<FileLock> {
  private static final Set<StandardOpenOption> OPTIONS =
      Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE);
  private static final ConcurrentHashMap<Path, Place> PLACES = new ConcurrentHashMap<>();

  /** Where the locks of this process on one file queue; forgotten when nobody is there. */
  private static final class Place {
    private final Semaphore free = new Semaphore(1, true);
    private int users;

    static Place of(Path key) {
      return PLACES.compute(
          key,
          (_, place) -> {
            Place used = place == null ? new Place() : place;
            used.users++;
            return used;
          });
    }

    static void leave(Path key) {
      PLACES.computeIfPresent(key, (_, place) -> --place.users == 0 ? null : place);
    }
  }

  @Override
  public CompletionStage<? extends AsyncContext<FileLock>> enterAsync() {
    return Acquiring.start(access.executor(), this::acquire, AsyncContext::exitAsync);
  }

  private Held acquire(Wait wait) throws IOException, InterruptedException {
    FileChannel channel = FileChannel.open(path, OPTIONS, access.attributesAnd());
    var helper = new BlockingThread("withal-files-lock");
    CompletableFuture<Held> locking = helper.call(() -> lock(channel));
    helper.end();
    try {
      return wait.await(locking);
    } catch (Throwable failure) {
      helper.interrupt();
      giveUp(channel, locking, failure);
      throw failure;
    }
  }

  private Held lock(FileChannel channel) throws IOException, InterruptedException {
    Path key = path.toRealPath();
    Place place = Place.of(key);
    try {
      place.free.acquire();
    } catch (InterruptedException interruption) {
      Place.leave(key);
      throw interruption;
    }
    try {
      return new Held(channel.lock(), key, place, access.executor());
    } catch (Throwable failure) {
      place.free.release();
      Place.leave(key);
      throw failure;
    }
  }

  private static void giveUp(
      FileChannel channel, CompletableFuture<Held> locking, Throwable unwanted) {
    try {
      Held late = locking.handle((held, _) -> held).join();
      if (late != null) {
        late.release();
      } else {
        channel.close();
      }
    } catch (IOException failure) {
      unwanted.addSuppressed(failure);
    }
  }

  @Override
  public String toString() {
    return "AsyncPath.lock(" + path + ")";
  }

  /** A lock that is held. */
  private record Held(FileLock value, Path key, Place place, Executor executor)
      implements AsyncContext<FileLock> {

    @Override
    public CompletionStage<Verdict> exitAsync(ExitCase how) {
      var released = new Task<>("unlock", this::release);
      try {
        executor.execute(released);
      } catch (Throwable _) {
        // It says that the executor is gone, which isn't what becomes of the lock.
        released.run();
      }
      return released.thenApply(_ -> Verdict.PROPAGATE);
    }

    private boolean release() throws IOException {
      try (var channel = value.acquiredBy()) {
        if (value.isValid()) {
          value.release();
        }
        return channel.isOpen();
      } finally {
        place.free.release();
        Place.leave(key);
      }
    }

    @Override
    public String toString() {
      return "lock on " + key;
    }
  }
}
