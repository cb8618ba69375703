package dev.withal.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.withal.testkit.LeakCheck;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What waits for another process can be ended, and leaves no thread. */
@ExtendWith(LeakCheck.class)
@EnabledOnOs({OS.LINUX, OS.MAC})
class PipeTest {
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

  @Test
  void open_nobodyWritesAndItIsCancelled_ends() {
    CompletableFuture<byte[]> use = AsyncFiles.open(fifo).useAsync(AsyncFile::readAllBytesAsync);
    Fifos.awaitHelper("withal-files-open", before);

    use.cancel(true);

    assertThatThrownBy(use::join).isInstanceOf(CancellationException.class);
  }

  @Test
  void open_nobodyWritesAndTheThreadIsInterrupted_ends() throws Exception {
    var use =
        new FutureTask<>(
            () -> AsyncFiles.open(fifo).<byte[], Exception>use(AsyncFile::readAllBytes));
    Thread thread = Thread.ofVirtual().start(use);
    Fifos.awaitHelper("withal-files-open", before);

    thread.interrupt();

    assertThatThrownBy(use::get).hasCauseInstanceOf(InterruptedException.class);
  }

  @Test
  void open_nobodyReads_timesOut() {
    var use =
        AsyncFiles.open(fifo, WRITE)
            .enterTimeout(Duration.ofMillis(50))
            .grace(Duration.ofSeconds(20))
            .useAsync(AsyncFile::sizeAsync);

    assertThatThrownBy(use::join).hasCauseInstanceOf(TimeoutException.class);
  }

  @Test
  void open_aHundredFifosThatNobodyWritesTo_leavesVirtualThreadsAlone() throws Exception {
    // One each: who gives up lets go all who open the same one.
    List<Path> fifos = IntStream.range(0, 100).mapToObj(i -> dir.resolve("fifo" + i)).toList();
    Fifos.make(fifos);
    var uses = new ArrayList<CompletableFuture<byte[]>>();
    fifos.forEach(path -> uses.add(AsyncFiles.open(path).useAsync(AsyncFile::readAllBytesAsync)));

    Thread.startVirtualThread(() -> {}).join();

    uses.forEach(use -> use.cancel(true));
    uses.forEach(use -> assertThatThrownBy(use::join).isInstanceOf(CancellationException.class));
  }

  @Style.InBoth
  void read_fromAPipe_givesWhatHasComeAndThenTheEnd(Style style) throws Exception {
    var buffer = ByteBuffer.allocate(10);
    reading((file, writer) -> {
      writer.write("abc".getBytes(UTF_8));
      assertThat(style.read(file, buffer)).isEqualTo(3);
      assertThat(style.position(file)).isEqualTo(3);
      writer.close();
      assertThat(style.read(file, buffer)).isEqualTo(-1);
    });
  }

  @Test
  void read_cancelledWhileItWaits_losesNothing() throws Exception {
    reading((file, writer) -> {
      AsyncTextFile text = file.text(UTF_8);
      writer.write("be".getBytes(UTF_8));
      CompletableFuture<String> line = text.readLineAsync();
      Fifos.awaitHelper("withal-files-read", before);
      line.cancel(true);
      assertThatThrownBy(line::join).isInstanceOf(CancellationException.class);

      writer.write("gun\nrest\n".getBytes(UTF_8));

      assertThat(text.readLine()).isEqualTo("begun");
      assertThat(file.position()).isEqualTo(6);
      assertThat(text.readLineAsync().get()).isEqualTo("rest");
    });
  }

  @Test
  void read_timesOutWhileItWaits_failsWithThat() throws Exception {
    reading((file, writer) -> {
      var read = file.readAllBytesAsync().orTimeout(20, TimeUnit.MILLISECONDS);

      assertThatThrownBy(read::join).hasCauseInstanceOf(TimeoutException.class);
    });
  }

  @Test
  void read_interruptedWhileItWaits_losesNothing() throws Exception {
    reading((file, writer) -> {
      var reading = new FutureTask<>(() -> file.readBytes(4));
      Thread thread = Thread.ofVirtual().start(reading);
      Fifos.awaitHelper("withal-files-read", before);
      thread.interrupt();
      assertThatThrownBy(reading::get).hasCauseInstanceOf(InterruptedException.class);

      writer.write("abcd".getBytes(UTF_8));

      assertThat(file.readBytes(4)).asString(UTF_8).isEqualTo("abcd");
    });
  }

  @Test
  void exit_whileAReadWaits_endsIt() throws Exception {
    var read = new CompletableFuture<CompletableFuture<Integer>>();
    reading((file, writer) -> {
      read.complete(file.readAsync(ByteBuffer.allocate(1)));
      Fifos.awaitHelper("withal-files-read", before);
    });

    assertThat(read.join().handle((_, failure) -> failure).join())
        .isInstanceOf(ClosedChannelException.class)
        .hasMessage(fifo + ": closed while this read waited: end the body when it is done");
  }

  @Test
  void write_nobodyTakesIt_isEndedByTheCancellation() throws Exception {
    try (FileChannel reader = bothEnds(fifo)) {
      CompletableFuture<Void> use =
          AsyncFiles.open(fifo, WRITE)
              .useAsync((file, cancellation) ->
                  cancellation.cancelling(file.writeAsync(ByteBuffer.allocate(1 << 20))));
      Fifos.awaitHelper("withal-files-write", before);

      use.cancel(true);

      assertThatThrownBy(use::join).isInstanceOf(CancellationException.class);
      assertThat(reader.isOpen()).isTrue();
    }
  }

  @Style.InBoth
  void write_toAPipe_arrivesWithoutAFlush(Style style) throws Exception {
    try (FileChannel reader = bothEnds(fifo)) {
      AsyncFiles.open(fifo, APPEND)
          .use(file -> {
            style.write(file, UTF_8.encode("abc"));
            var got = ByteBuffer.allocate(9);
            reader.read(got);
            assertThat(got.position()).isEqualTo(3);
            return null;
          });
    }
  }

  @Style.InBoth
  void seek_onAPipe_isRefused(Style style) throws Exception {
    reading((file, writer) ->
        assertThatThrownBy(() -> style.seek(file, 0))
            .isExactlyInstanceOf(FileSystemException.class)
            .hasMessage(fifo + ": is a pipe or a device, which has no positions"));
  }

  private interface Body {
    void run(AsyncFile file, OutputStream writer) throws Exception;
  }

  private void reading(Body body) throws Exception {
    var writer = CompletableFuture.supplyAsync(() -> output(fifo), Thread.ofPlatform()::start);
    try {
      AsyncFiles.open(fifo)
          .use(file -> {
            body.run(file, writer.join());
            return null;
          });
    } finally {
      writer.join().close();
    }
  }

  private static OutputStream output(Path path) {
    try {
      return Files.newOutputStream(path);
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    }
  }

  /** Opened without waiting for the other end. */
  private static FileChannel bothEnds(Path path) throws IOException {
    return FileChannel.open(path, READ, WRITE);
  }
}
