package dev.withal.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.withal.testkit.ManualExecutor;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What is written to a pipe is on its way at once, and nothing of it is lost in silence. */
@EnabledOnOs({OS.LINUX, OS.MAC})
class PipeOutputTest {
  private static final List<String> LINES =
      IntStream.range(0, 100_000).mapToObj(String::valueOf).toList();

  /** More than a pipe of the system holds, and less than that and what we hold before it. */
  private static final int TOO_MUCH = 100_000;

  @TempDir Path dir;

  private Path fifo = Path.of("");
  private final Set<Thread> before = Fifos.helpers();

  @BeforeEach
  void makeFifo() throws Exception {
    fifo = Fifos.make(dir.resolve("fifo"));
  }

  @AfterEach
  void noThreadIsLost() throws Exception {
    Fifos.awaitNone(before);
  }

  @Style.InBoth
  void lines_manyAndShort_arriveOnceAndInOrder(Style style) throws Exception {
    FutureTask<List<String>> read = readingLines();

    AsyncFiles.open(fifo, WRITE)
        .use(file -> {
          for (String line : LINES) {
            style.write(file, UTF_8.encode(line + "\n"));
          }
          return null;
        });

    assertThat(read.get()).isEqualTo(LINES);
  }

  @Test
  void flush_whileTheOtherEndTakesNothing_waits() throws Exception {
    try (FileChannel reader = bothEnds()) {
      AsyncFiles.open(fifo, WRITE)
          .use(file -> {
            file.write(ByteBuffer.allocate(TOO_MUCH));
            CompletableFuture<Void> flushed = file.flushAsync();
            Fifos.awaitHelper("withal-files-write", before);
            assertThat(flushed).isNotDone();

            read(reader, TOO_MUCH);

            flushed.join();
            return null;
          });
    }
  }

  @Test
  void exit_writeHasItsTurnAndHasNotBegun_writesAllOfIt() throws Exception {
    var executor = new ManualExecutor();
    var read = new FutureTask<>(() -> Files.readAllBytes(fifo).length);
    Thread.ofPlatform().start(read);

    CompletableFuture<Void> use =
        AsyncFiles.on(executor)
            .open(fifo, WRITE)
            .useAsync(file -> {
              var _ = file.writeAsync(ByteBuffer.allocate(1 << 20));
              return CompletableFuture.completedFuture(null);
            });
    while (!use.isDone()) {
      executor.runAll();
      Thread.onSpinWait();
    }

    use.join();
    assertThat(read.get()).isEqualTo(1 << 20);
  }

  @Test
  void failure_ofWhatWasTaken_isToldByTheExit() throws Exception {
    FileChannel reader = bothEnds();

    assertThatThrownBy(() ->
            AsyncFiles.open(fifo, WRITE)
                .use(file -> {
                  reader.close();
                  file.write(ByteBuffer.allocate(10));
                  return null;
                }))
        .isInstanceOf(FileSystemException.class)
        .hasMessage(fifo + ": write failed: Broken pipe");
  }

  /** L5. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void exit_failsInTwoSteps_tellsBoth() {
    assertThatThrownBy(() ->
            AsyncFiles.openText(Path.of("/dev/full"), UTF_8, WRITE)
                .use(text -> {
                  text.write("half of a pair: \uD83D");
                  return null;
                }))
        .isInstanceOf(CharacterCodingException.class)
        .satisfies(error ->
            assertThat(error.getSuppressed())
                .singleElement()
                .asString()
                .contains("No space left on device"));
  }

  @Test
  void exit_afterABodyThatFailed_writesWhatWasTaken() throws Exception {
    FutureTask<List<String>> read = readingLines();

    assertThatThrownBy(() ->
            AsyncFiles.openText(fifo, UTF_8, WRITE)
                .use(text -> {
                  text.writeLine("why it failed");
                  throw new IllegalStateException("failed");
                }))
        .isInstanceOf(IllegalStateException.class)
        .hasNoSuppressedExceptions();

    assertThat(read.get()).containsExactly("why it failed");
  }

  @Test
  void exit_afterABodyThatFailedWhileTheOtherEndTakesNothing_endsAndTells() throws Exception {
    try (FileChannel reader = bothEnds()) {
      assertThatThrownBy(() ->
              AsyncFiles.open(fifo, WRITE)
                  .use(file -> {
                    file.write(ByteBuffer.allocate(TOO_MUCH));
                    Fifos.awaitHelper("withal-files-write", before);
                    throw new IllegalStateException("failed");
                  }))
          .isInstanceOf(IllegalStateException.class)
          .satisfies(error ->
              assertThat(error.getSuppressed())
                  .singleElement()
                  .asString()
                  .contains(
                      fifo + ": was closed before its other end had taken all that was written"));
      assertThat(reader.isOpen()).isTrue();
    }
  }

  @Test
  void standardOutput_withoutAFlushAtTheEndOfTheProcess_isWhole() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Counting.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader out = process.inputReader()) {
      assertThat(out.readAllLines()).isEqualTo(LINES);
      assertThat(process.waitFor()).isZero();
    } finally {
      process.destroyForcibly();
    }
  }

  /** Writes lines, and ends. */
  static final class Counting {
    private Counting() {}

    public static void main(String[] args) throws IOException, InterruptedException {
      AsyncTextFile out = AsyncFiles.standardOutput().text(UTF_8);
      for (String line : LINES) {
        out.writeLine(line);
      }
    }
  }

  private FutureTask<List<String>> readingLines() {
    var task = new FutureTask<>(() -> Files.readAllLines(fifo));
    Thread.ofPlatform().start(task);
    return task;
  }

  /** Opened without waiting for the other end. */
  private FileChannel bothEnds() throws IOException {
    return FileChannel.open(fifo, READ, WRITE);
  }

  private static void read(FileChannel reader, int count) throws IOException {
    var got = ByteBuffer.allocate(count);
    while (got.hasRemaining()) {
      reader.read(got);
    }
  }
}
