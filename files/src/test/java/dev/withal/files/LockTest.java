package dev.withal.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.withal.AsyncContextManager;
import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Locks on files. */
@ExtendWith(LeakCheck.class)
class LockTest {
  @TempDir Path dir;

  private final Set<Thread> before = Fifos.helpers();

  @AfterEach
  void noThreadIsLost() throws Exception {
    Fifos.awaitNone(before);
  }

  @Test
  void lock_ofOneProcess_isHeldByOneAfterTheOther() throws Exception {
    AsyncContextManager<FileLock> lock = AsyncFiles.path(dir.resolve("lock")).lock();
    var journal = new Journal();
    var ends = new CompletableFuture<Void>();
    var held = new CompletableFuture<Void>();

    CompletableFuture<Void> first =
        lock.useAsync(own -> {
          journal.add("first " + own.isValid());
          held.complete(null);
          return ends;
        });
    held.get();
    CompletableFuture<Void> second =
        lock.useAsync(own -> {
          journal.add("second " + own.isValid());
          return CompletableFuture.completedFuture(null);
        });
    Fifos.awaitParked("withal-files-lock", before);
    journal.add("end of the first");
    ends.complete(null);
    first.get();
    second.get();

    assertThat(journal.events()).containsExactly("first true", "end of the first", "second true");
  }

  @Test
  void lock_cancelledWhileItWaits_endsAndLeavesTheLockToTheNext() throws Exception {
    AsyncContextManager<FileLock> lock = AsyncFiles.path(dir.resolve("lock")).lock();

    lock.use(_ -> {
      CompletableFuture<Boolean> waits =
          lock.useAsync(own -> CompletableFuture.completedFuture(own.isValid()));
      Fifos.awaitParked("withal-files-lock", before);
      waits.cancel(true);
      assertThatThrownBy(waits::join).isInstanceOf(CancellationException.class);
      return null;
    });

    assertThat(lock.<Boolean, IOException>use(FileLock::isValid)).isTrue();
  }

  @Test
  void lock_heldByAnotherProcess_waitsForItsEndAndCanBeCancelled() throws Exception {
    Path path = dir.resolve("lock");
    AsyncContextManager<FileLock> lock = AsyncFiles.path(path).lock();
    Process other =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Holder.class.getName(),
                path.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader out = other.inputReader()) {
      assertThat(out.readLine()).isEqualTo("locked");

      CompletableFuture<Boolean> cancelled =
          lock.useAsync(own -> CompletableFuture.completedFuture(own.isValid()));
      Fifos.awaitHelper("withal-files-lock", before);
      cancelled.cancel(true);
      assertThatThrownBy(cancelled::join).isInstanceOf(CancellationException.class);

      var waits = new FutureTask<>(() -> lock.<Boolean, IOException>use(FileLock::isValid));
      Thread.ofVirtual().start(waits);
      Fifos.awaitHelper("withal-files-lock", before);
      other.getOutputStream().close();
      assertThat(waits.get()).isTrue();
      assertThat(other.waitFor()).isZero();
    } finally {
      other.destroyForcibly();
    }
  }

  /** A process that has a lock until its input ends. */
  static final class Holder {
    private Holder() {}

    public static void main(String[] args) throws IOException {
      try (FileChannel channel =
              FileChannel.open(
                  Path.of(args[0]), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock lock = channel.lock()) {
        System.out.println(lock.isValid() ? "locked" : "not locked");
        System.in.readAllBytes();
      }
    }
  }
}
