package dev.withal.files;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.testkit.LeakCheck;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A file with a buffer does what one without does, whatever the order of operations. */
@ExtendWith(LeakCheck.class)
class RandomOperationsTest {
  private static final int SEEDS = 60;
  private static final int OPERATIONS = 80;

  @TempDir Path dir;

  /** A file in memory, as simple as can be. */
  private static final class Model {
    private byte[] content;
    private int position;

    Model(byte[] content) {
      this.content = content;
    }

    byte[] read(int count) {
      byte[] read = at(position, count);
      position += read.length;
      return read;
    }

    byte[] at(int from, int count) {
      int start = Math.min(from, content.length);
      return Arrays.copyOfRange(content, start, Math.min(content.length, start + count));
    }

    void write(byte[] bytes) {
      put(position, bytes);
      position += bytes.length;
    }

    void put(int at, byte[] bytes) {
      content = Arrays.copyOf(content, Math.max(content.length, at + bytes.length));
      System.arraycopy(bytes, 0, content, at, bytes.length);
    }

    void truncate(int size) {
      content = Arrays.copyOf(content, Math.min(size, content.length));
    }

    @Nullable String line() {
      if (position >= content.length) {
        return null;
      }
      int end = position;
      while (end < content.length && content[end] != '\n') {
        end++;
      }
      var line = new String(content, position, end - position, ISO_8859_1);
      position = Math.min(content.length, end + 1);
      return line;
    }
  }

  @Style.InBoth
  void operations_inRandomOrder_doWhatAFileInMemoryDoes(Style style) throws Exception {
    for (int seed = 0; seed < SEEDS; seed++) {
      var random = new Random(seed);
      Path path = Files.write(dir.resolve("a"), bytes(random, 60));
      var model = new Model(Files.readAllBytes(path));

      AsyncFiles.onVirtualThreads()
          .bufferSize(random.nextInt(24))
          .open(path, READ, WRITE)
          .use(file -> {
            AsyncTextFile text = file.text(ISO_8859_1);
            for (int i = 0; i < OPERATIONS; i++) {
              operate(style, text, model, random);
              assertThat(style.position(file)).isEqualTo(model.position);
            }
            assertThat(style.size(file)).isEqualTo(model.content.length);
            return null;
          });

      assertThat(Files.readAllBytes(path)).as("seed %d", seed).isEqualTo(model.content);
    }
  }

  private static void operate(Style style, AsyncTextFile text, Model model, Random random)
      throws Exception {
    AsyncFile file = text.file();
    int number = random.nextInt(40);
    byte[] bytes = bytes(random, 30);
    switch (random.nextInt(8)) {
      case 0 -> assertThat(style.readBytes(file, number)).isEqualTo(model.read(number));
      case 1 -> assertThat(style.readLine(text)).isEqualTo(model.line());
      case 2 -> {
        style.write(file, ByteBuffer.wrap(bytes));
        model.write(bytes);
      }
      case 3 -> {
        int position = random.nextInt(model.content.length + 1);
        style.seek(file, position);
        model.position = position;
      }
      case 4 -> {
        // Not past the end: what fills a gap isn't specified.
        int size = Math.max(number, model.position);
        style.truncate(file, size);
        model.truncate(size);
      }
      case 5 -> {
        var target = ByteBuffer.allocate(number);
        style.readAt(file, number, target);
        assertThat(Arrays.copyOf(target.array(), target.position()))
            .isEqualTo(model.at(number, number));
      }
      case 6 -> {
        int position = random.nextInt(model.content.length + 1);
        style.writeAt(file, position, ByteBuffer.wrap(bytes));
        model.put(position, bytes);
      }
      default -> style.flush(file);
    }
  }

  private static byte[] bytes(Random random, int most) {
    byte[] bytes = new byte[random.nextInt(most)];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (random.nextInt(6) == 0 ? '\n' : 'a' + random.nextInt(26));
    }
    return bytes;
  }
}
