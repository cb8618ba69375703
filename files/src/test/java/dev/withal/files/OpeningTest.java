package dev.withal.files;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.withal.AsyncContextManager;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.ManualExecutor;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** How a file is opened, and that none stays open which nobody waits for. */
@ExtendWith(LeakCheck.class)
class OpeningTest {
  @TempDir Path dir;

  private final ManualExecutor executor = new ManualExecutor();

  @Test
  void open_noSuchFile_failsAsInTheJdk() {
    Path path = dir.resolve("missing");

    assertThatThrownBy(() -> AsyncFiles.open(path).use(AsyncFile::size))
        .isExactlyInstanceOf(NoSuchFileException.class)
        .hasMessage(path.toString());
  }

  @Test
  void open_directory_isRefused() {
    assertThatThrownBy(() -> AsyncFiles.open(dir).use(AsyncFile::size))
        .isExactlyInstanceOf(FileSystemException.class)
        .hasMessage(dir + ": is a directory: only files can be opened");
  }

  @Test
  void open_newFileWhereADirectoryIs_saysThatItExists() {
    assertThatThrownBy(() -> AsyncFiles.open(dir, CREATE_NEW, WRITE).use(AsyncFile::size))
        .isExactlyInstanceOf(FileAlreadyExistsException.class)
        .hasMessage(dir.toString());
  }

  @Test
  void open_contradictingOptions_areNamed() {
    Path path = dir.resolve("a");

    assertThatThrownBy(() -> AsyncFiles.open(path, READ, APPEND).use(AsyncFile::size))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessage(path + ": can't be opened with [READ, APPEND]: READ + APPEND not allowed");
  }

  @Test
  void open_executorRefuses_failsWithThat() {
    var refusal = new RejectedExecutionException("shut down");
    Executor refusing =
        _ -> {
          throw refusal;
        };

    assertThatThrownBy(() -> AsyncFiles.on(refusing).open(dir.resolve("a")).use(AsyncFile::size))
        .isSameAs(refusal);
  }

  @Test
  void manager_usedTwice_opensAFreshFileEachTime() throws Exception {
    AsyncContextManager<AsyncFile> manager = AsyncFiles.open(file("abc"));

    manager.use(file -> file.readAllBytes());
    long position = manager.use(AsyncFile::position);

    assertThat(position).isZero();
  }

  @Test
  void enter_cancelledBeforeTheOpen_opensNothing() throws Exception {
    Path path = dir.resolve("new");
    var entering = AsyncFiles.on(executor).open(path, CREATE_NEW, WRITE).enterAsync();

    entering.toCompletableFuture().cancel(true);
    executor.runAll();

    assertThat(path).doesNotExist();
  }

  @Test
  void enter_cancelledDuringTheOpen_closesTheFile() throws Exception {
    Path path = file("abc");
    var entering = new CompletableFuture<CompletableFuture<?>>();
    var opened = new CompletableFuture<Channel>();
    var manager =
        new FileManager(
            path,
            _ -> {
              opened.complete(Channel.open(path, Set.of(), List.of(), new Wait()));
              entering.join().cancel(true);
              return opened.join();
            },
            AsyncFiles.on(executor),
            Set.of());
    entering.complete(manager.enterAsync().toCompletableFuture());

    executor.runAll();

    assertIsCancelledAndNothingElse(entering.join());
    assertThatThrownBy(() -> opened.join().size()).isInstanceOf(ClosedChannelException.class);
  }

  @Test
  void use_cancelledDuringTheOpen_closesTheFileThatComesLate() throws Exception {
    Path path = file("abc");
    var use = new CompletableFuture<CompletableFuture<?>>();
    var opened = new CompletableFuture<Channel>();
    var manager =
        new FileManager(
            path,
            _ -> {
              opened.complete(Channel.open(path, Set.of(), List.of(), new Wait()));
              use.join().cancel(true);
              return opened.join();
            },
            AsyncFiles.on(executor),
            Set.of());
    var bodies = new AtomicInteger();
    use.complete(
        manager.useAsync(_ -> {
          bodies.incrementAndGet();
          return CompletableFuture.completedStage(null);
        }));

    executor.runAll();

    assertIsCancelledAndNothingElse(use.join());
    assertThat(bodies).hasValue(0);
    assertThatThrownBy(() -> opened.join().size()).isInstanceOf(ClosedChannelException.class);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void use_cancelledAtAnyMoment_leavesNoDescriptor() throws Exception {
    Path path = file("abc");

    for (int i = 0; i < 300; i++) {
      var use = AsyncFiles.open(path).useAsync(AsyncFile::readAllBytesAsync);
      for (int spin = 0; spin < i * 50; spin++) {
        Thread.onSpinWait();
      }
      use.cancel(true);
      use.handle((_, _) -> null).join();
    }

    assertThat(Descriptors.of(path)).isZero();
  }

  /** A file that is closed twice says so. */
  private static void assertIsCancelledAndNothingElse(CompletableFuture<?> ended) {
    assertThat(ended.<Throwable>handle((_, error) -> error).join())
        .isInstanceOf(CancellationException.class)
        .hasNoSuppressedExceptions();
  }

  private Path file(String content) throws IOException {
    return Files.writeString(dir.resolve("a"), content);
  }
}
