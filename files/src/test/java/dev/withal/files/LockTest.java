package dev.withal.files;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.withal.AsyncContextManager;
import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.ManualExecutor;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
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
    var executor = new ManualExecutor();
    var journal = new Journal();
    Path path = Files.createFile(dir.resolve("lock"));
    // Another name of the same file.
    Path other = Files.createLink(dir.resolve("other"), path);
    AsyncContextManager<FileLock> lock = AsyncFiles.on(executor).path(other).lock();

    AsyncFiles.path(path)
        .lock()
        .use(own -> {
          for (String name : List.of("second", "third")) {
            var _ =
                lock.useAsync(next -> {
                  journal.add(name + " " + next.isValid());
                  return CompletableFuture.completedFuture(null);
                });
            // Now it waits: for a task of the executor no more.
            executor.runAll();
          }
          journal.add("end of the first " + own.isValid());
          return null;
        });
    while (journal.events().size() < 3) {
      executor.runAll();
      Thread.onSpinWait();
    }
    executor.runAll();

    assertThat(journal.events())
        .containsExactly("end of the first true", "second true", "third true");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void lock_manyWait_holdNoThreadAndNoDescriptor() throws Exception {
    var executor = new ManualExecutor();
    Path path = Files.createFile(dir.resolve("lock"));
    AsyncContextManager<FileLock> lock = AsyncFiles.on(executor).path(path).lock();
    List<CompletableFuture<Boolean>> waiting = new ArrayList<>();

    AsyncFiles.path(path)
        .lock()
        .use(_ -> {
          for (int i = 0; i < 1_000; i++) {
            waiting.add(lock.useAsync(own -> CompletableFuture.completedFuture(own.isValid())));
          }
          executor.runAll();
          assertThat(Descriptors.of(path)).isEqualTo(1);
          Fifos.awaitNone(before);
          for (int i = 0; i < 1_000; i++) {
            if (i != 500) {
              waiting.get(i).cancel(true);
            }
          }
          return null;
        });
    while (!waiting.get(500).isDone()) {
      executor.runAll();
      Thread.onSpinWait();
    }

    assertThat(waiting.get(500).get()).isTrue();
    assertThat(waiting.stream().filter(CompletableFuture::isCancelled)).hasSize(999);
    assertThat(Descriptors.of(path)).isZero();
  }

  @Test
  void lock_cancelledWhileItWaits_endsAndLeavesTheLockToTheNext() throws Exception {
    var executor = new ManualExecutor();
    AsyncPath path = AsyncFiles.on(executor).path(dir.resolve("lock"));
    AsyncContextManager<FileLock> lock = AsyncFiles.path(path.path()).lock();

    lock.use(_ -> {
      CompletableFuture<Boolean> waits =
          path.lock().useAsync(own -> CompletableFuture.completedFuture(own.isValid()));
      executor.runAll();
      waits.cancel(true);
      assertThatThrownBy(waits::join).isInstanceOf(CancellationException.class);
      return null;
    });

    assertThat(lock.<Boolean, IOException>use(FileLock::isValid)).isTrue();
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void lock_fileReplacedWhileItWaits_isOfTheNewOne() throws Exception {
    var executor = new ManualExecutor();
    Path path = dir.resolve("lock");
    CompletableFuture<Integer> waits =
        AsyncFiles.path(path)
            .lock()
            .<CompletableFuture<Integer>, Exception>use(_ -> {
              var second =
                  AsyncFiles.on(executor)
                      .path(path)
                      .lock()
                      .useAsync(_ ->
                          AsyncFiles.path(path).callAsync(Descriptors::of).toCompletableFuture());
              executor.runAll();
              Files.move(Files.createFile(dir.resolve("new")), path, REPLACE_EXISTING);
              return second;
            });
    while (!waits.isDone()) {
      executor.runAll();
      Thread.onSpinWait();
    }

    assertThat(waits.get()).isOne();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void lock_ofWhatIsNoRegularFile_isRefused() throws Exception {
    Path fifo = Fifos.make(dir.resolve("fifo"));

    assertThatThrownBy(() -> AsyncFiles.path(fifo).lock().use(FileLock::isValid))
        .isExactlyInstanceOf(FileSystemException.class)
        .hasMessage(fifo + ": isn't a regular file: only such a file can be locked");
    assertThatThrownBy(() -> AsyncFiles.path(dir.resolve("x/y")).lock().use(FileLock::isValid))
        .isExactlyInstanceOf(NoSuchFileException.class)
        .hasMessage(dir.resolve("x/y").toString());
  }

  @Test
  void lock_heldByAnotherProcess_waitsForItsEndAndCanBeCancelled() throws Exception {
    Path path = dir.resolve("lock");
    AsyncContextManager<FileLock> lock = AsyncFiles.path(path).lock();
    Process other = holding(path);
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

  @Test
  @EnabledOnOs(OS.LINUX)
  void lock_fileReplacedWhileAnotherProcessHoldsIt_isOfTheNewOne() throws Exception {
    Path path = dir.resolve("lock");
    Process other = holding(path);
    try (BufferedReader out = other.inputReader()) {
      assertThat(out.readLine()).isEqualTo("locked");
      CompletableFuture<Integer> waits =
          AsyncFiles.path(path)
              .lock()
              .useAsync(_ -> AsyncFiles.path(path).callAsync(Descriptors::of));
      Fifos.awaitHelper("withal-files-lock", before);

      Files.move(Files.createFile(dir.resolve("new")), path, REPLACE_EXISTING);
      other.getOutputStream().close();

      assertThat(waits.get()).isOne();
    } finally {
      other.destroyForcibly();
    }
  }

  private static Process holding(Path path) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Holder.class.getName(),
            path.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
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
