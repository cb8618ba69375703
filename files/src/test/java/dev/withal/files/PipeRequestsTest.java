package dev.withal.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.withal.testkit.LeakCheck;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A request reaches the operation that waits at a pipe, whatever began it. */
@ExtendWith(LeakCheck.class)
@EnabledOnOs({OS.LINUX, OS.MAC})
class PipeRequestsTest {
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
  void publishBytes_cancelledWhileItWaits_leavesTheBytesToTheNextRead() throws Exception {
    reading((file, other) -> {
      var pieces = new Collected<ByteBuffer>(1);
      file.publishBytes(100).subscribe(pieces);
      Fifos.awaitHelper("withal-files-read", before);

      pieces.subscription.cancel();

      other.write(UTF_8.encode("next"));
      assertThat(file.readBytesAsync(4).join()).asString(UTF_8).isEqualTo("next");
      assertThat(pieces.elements).isEmpty();
    });
  }

  @Test
  void transferTo_cancelledWhileItReads_leavesTheBytesToTheNextRead() throws Exception {
    reading((file, other) ->
        AsyncFiles.open(dir.resolve("copy"), CREATE, WRITE)
            .use(copy -> {
              CompletableFuture<Long> transfer = file.transferToAsync(copy);
              Fifos.awaitHelper("withal-files-read", before);

              transfer.cancel(true);

              other.write(UTF_8.encode("next"));
              assertThat(file.readBytesAsync(4).join()).asString(UTF_8).isEqualTo("next");
              assertThat(copy.size()).isZero();
              return null;
            }));
  }

  @Test
  void writeAll_cancelledWhileAWriteWaits_givesTheTurnToTheNext() throws Exception {
    try (FileChannel other = bothEnds()) {
      var use =
          AsyncFiles.open(fifo, WRITE)
              .useAsync((file, cancellation) -> {
                CompletableFuture<Long> writing =
                    file.writeAllAsync(new Given<>(List.of(ByteBuffer.allocate(1 << 20))));
                Fifos.awaitHelper("withal-files-write", before);

                writing.cancel(true);

                return file.positionAsync()
                    .thenCompose(
                        position -> CompletableFuture.<Long>failedFuture(new Position(position)));
              });

      assertThatThrownBy(use::join)
          .cause()
          .isInstanceOfSatisfying(Position.class, it -> assertThat(it.position).isPositive());
      assertThat(other.isOpen()).isTrue();
    }
  }

  @Test
  void read_interruptedWhileItWaits_isForgotten() throws Exception {
    reading((file, other) -> {
      WeakReference<Thread> reader = interrupted(file);

      while (reader.get() != null) {
        System.gc();
      }

      assertThat(other.isOpen()).isTrue();
    });
  }

  private static WeakReference<Thread> interrupted(AsyncFile file) {
    var reading = new FutureTask<>(() -> file.readBytes(1));
    Thread thread = Parked.start(reading);
    thread.interrupt();
    assertThatThrownBy(reading::get).hasCauseInstanceOf(InterruptedException.class);
    return new WeakReference<>(thread);
  }

  @Test
  void write_ofAWholeFileCancelledWhileItWaits_ends() throws Exception {
    try (FileChannel other = bothEnds()) {
      CompletableFuture<Void> writing = AsyncFiles.path(fifo).writeAsync(new byte[1 << 20]);
      Fifos.awaitHelper("withal-files-write", before);

      writing.cancel(true);

      assertThatThrownBy(writing::join)
          .isInstanceOf(CancellationException.class)
          .hasNoSuppressedExceptions();
      assertThat(other.isOpen()).isTrue();
    }
  }

  @Test
  void readAllLines_cancelledWhileNobodyWrites_ends() {
    CompletableFuture<List<String>> lines = AsyncFiles.path(fifo).readAllLinesAsync(UTF_8);
    Fifos.awaitHelper("withal-files-open", before);

    lines.cancel(true);

    assertThatThrownBy(lines::join).isInstanceOf(CancellationException.class);
  }

  /** Fails a body, whose exit then doesn't wait for the bytes that nobody takes. */
  private static final class Position extends Exception {
    private static final long serialVersionUID = 1;

    private final long position;

    Position(long position) {
      this.position = position;
    }
  }

  private interface Body {
    void run(AsyncFile file, FileChannel other) throws Exception;
  }

  private void reading(Body body) throws Exception {
    try (FileChannel other = bothEnds()) {
      AsyncFiles.open(fifo)
          .use(file -> {
            body.run(file, other);
            return null;
          });
    }
  }

  /** Opened without waiting for the other end. */
  private FileChannel bothEnds() throws Exception {
    return FileChannel.open(fifo, READ, WRITE);
  }
}
