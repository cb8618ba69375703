package dev.withal.files;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.testkit.LeakCheck;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** An interruption does a file no harm, though it closes a channel of the JDK's. */
@ExtendWith(LeakCheck.class)
class InterruptionTest {
  private static final int BLOCK = 64 * 1024;
  private static final int BLOCKS = 64;

  @TempDir Path dir;

  @AfterEach
  void clear() {
    Thread.interrupted();
  }

  @Test
  void read_interruptedBefore_readsAndKeepsTheFlag() throws Exception {
    Path path = Files.writeString(dir.resolve("a"), "abcdef");

    AsyncFiles.open(path)
        .use(file -> {
          Thread.currentThread().interrupt();
          assertThat(file.read(ByteBuffer.allocate(4))).isEqualTo(4);
          assertThat(Thread.interrupted()).isTrue();
          assertThat(file.read(ByteBuffer.allocate(4))).isEqualTo(2);
          return null;
        });
  }

  @Test
  void write_appendingInterruptedBefore_writesAndKeepsTheFlag() throws Exception {
    Path path = Files.writeString(dir.resolve("log"), "one ");

    AsyncFiles.open(path, APPEND)
        .use(file -> {
          Thread.currentThread().interrupt();
          file.write(UTF_8.encode("two "));
          assertThat(Thread.interrupted()).isTrue();
          file.write(UTF_8.encode("three"));
          return null;
        });

    assertThat(path).hasContent("one two three");
  }

  @Test
  void write_orderOfTheFileIsLookedUpWhileInterrupted_writesAndKeepsTheFlag() throws Exception {
    Path path = dir.resolve("a");

    AsyncFiles.openText(path, UTF_16, CREATE, WRITE)
        .use(text -> {
          Thread.currentThread().interrupt();
          text.write("x");
          assertThat(Thread.interrupted()).isTrue();
          return null;
        });

    assertThat(Files.readString(path, UTF_16)).isEqualTo("x");
  }

  @Test
  void read_interruptedAllTheTime_readsTheWholeFile() throws Exception {
    Path path = Files.write(dir.resolve("a"), new byte[BLOCKS * BLOCK]);

    int read =
        AsyncFiles.open(path)
            .use(file -> {
              var reading = new FutureTask<>(() -> readToTheEnd(file));
              Thread reader = Thread.ofPlatform().start(reading);
              while (!reading.isDone()) {
                reader.interrupt();
              }
              return reading.get();
            });

    assertThat(read).isEqualTo(BLOCKS * BLOCK);
  }

  private static int readToTheEnd(AsyncFile file) throws IOException, InterruptedException {
    var buffer = ByteBuffer.allocate(BLOCK);
    int total = 0;
    for (int count = 0; count >= 0; count = file.read(buffer.clear())) {
      total += count;
    }
    return total;
  }
}
