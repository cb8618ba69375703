package dev.withal.files;

import static java.nio.charset.CodingErrorAction.REPORT;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.testkit.LeakCheck;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever is done to a file, in whatever order, with a buffer of whatever size, comes out as in a
 * file in memory that has no buffer: values, errors, positions, and what is in the file.
 */
@ExtendWith(LeakCheck.class)
class DifferentialTest {
  private static final int OPERATIONS = 24;

  @TempDir Path dir;

  @Test
  void sequences_ofAFile_areLikeThoseInMemory() throws Exception {
    ofFiles(0, 8_000);
  }

  @Test
  void sequences_ofAPipe_areLikeThoseInMemory() throws Exception {
    ofPipes(0, 2_000);
  }

  @Test
  @Tag("stress")
  @Timeout(value = 1, unit = TimeUnit.HOURS)
  void sequences_aMillion_areLikeThoseInMemory() throws Exception {
    ofFiles(8_000, 808_000);
    ofPipes(2_000, 202_000);
  }

  private void ofFiles(int from, int to) throws Exception {
    Path path = Files.createFile(dir.resolve("file"));
    // To open a file takes longer than all the rest, so most of the sequences share it open.
    try (var channel = SteadyChannel.open(path, Set.of(READ, WRITE));
        var plain = FileChannel.open(path, READ, WRITE)) {
      for (int seed = from; seed < to; seed++) {
        var random = new Random(seed);
        Charset charset = RandomText.any(random, RandomText.CHARSETS);
        var memory = new MemoryFile(RandomText.content(random, charset, most(random)));
        plain.truncate(0).write(ByteBuffer.wrap(memory.content()), 0);
        var done = new ArrayList<String>();
        try {
          if (random.nextInt(100) == 0) {
            access(random)
                .open(path, READ, WRITE)
                .use(file -> {
                  operate(file, charset, memory, random, done);
                  return null;
                });
          } else {
            AsyncFile file =
                new AsyncFile(access(random).opened(path, channel, Set.of(READ, WRITE)));
            operate(file, charset, memory, random, done);
            file.flush();
          }
          var content = ByteBuffer.allocate((int) plain.size());
          plain.read(content, 0);
          assertThat(content.array()).isEqualTo(memory.content());
        } catch (Exception | AssertionError failure) {
          throw new AssertionError("seed " + seed + ", " + charset + ": " + done, failure);
        }
      }
    }
  }

  private static void operate(
      AsyncFile file, Charset charset, MemoryFile memory, Random random, List<String> done)
      throws Exception {
    Style style = random.nextInt(8) == 0 ? Style.STAGE : Style.DIRECT;
    List<RandomOperation.View> views = views(random, file, charset);
    for (int i = 0; i < OPERATIONS; i++) {
      RandomOperation.View view = RandomText.any(random, views);
      done.add(RandomOperation.operate(style, view, memory, random));
      // To ask for it may settle what the next operation has to.
      if (random.nextInt(3) == 0) {
        assertThat(style.position(file)).isEqualTo(memory.position());
      }
    }
    assertThat(style.position(file)).isEqualTo(memory.position());
    for (RandomOperation.View view : views) {
      if (memory.isWithinPair(view)) {
        RandomOperation.write(style, view, memory, "\uDE00");
      }
    }
    assertThat(style.size(file)).isEqualTo(memory.size());
  }

  private static int most(Random random) {
    return random.nextInt(100) == 0 ? 2_000 : 50;
  }

  private static FileAccess access(Random random) {
    // To wake another thread takes longer than all the rest.
    FileAccess access =
        random.nextInt(100) == 0 ? AsyncFiles.onVirtualThreads() : AsyncFiles.on(Runnable::run);
    return switch (random.nextInt(8)) {
      case 0 -> access;
      case 1 -> access.bufferSize(0);
      case 2, 3, 4 -> access.bufferSize(1 + random.nextInt(12));
      default -> access.bufferSize(1 + random.nextInt(200));
    };
  }

  /** Two in one charset, and one in another. */
  private static List<RandomOperation.View> views(Random random, AsyncFile file, Charset charset) {
    CodingErrorAction action =
        charset.equals(UTF_8) || charset.equals(ISO_8859_1)
            ? RandomText.any(random, RandomText.ACTIONS)
            : REPORT;
    return List.of(
        new RandomOperation.View(file.text(charset, action), action),
        new RandomOperation.View(file.text(charset, action), action),
        new RandomOperation.View(
            file.text(RandomText.any(random, List.of(UTF_8, ISO_8859_1, charset))), REPORT));
  }

  // ---- pipes -----------------------------------------------------------------------------------

  private static void ofPipes(int from, int to) throws Exception {
    for (int seed = from; seed < to; seed++) {
      ofPipe(seed);
    }
  }

  private static void ofPipe(int seed) throws Exception {
    var random = new Random(seed);
    Style style = random.nextInt(8) == 0 ? Style.STAGE : Style.DIRECT;
    Charset charset = RandomText.any(random, RandomText.CHARSETS);
    byte[] content = RandomText.content(random, charset, most(random));
    var memory = new MemoryFile(content);
    var done = new ArrayList<String>();
    Path path = Path.of("pipe");
    var pipe = PipeChannel.of(path, new InPieces(content, new Random(seed)), true);
    var file = new AsyncFile(access(random).opened(path, pipe, Set.of(READ)));
    try {
      List<RandomOperation.View> views = views(random, file, charset);
      for (int i = 0; i < OPERATIONS; i++) {
        done.add(
            RandomOperation.read(
                style, RandomText.any(random, views), memory, random, random.nextInt(20)));
        if (random.nextInt(4) == 0) {
          assertThat(style.position(file)).isEqualTo(memory.position());
        }
      }
      assertThat(style.readAllBytes(file)).isEqualTo(memory.read(Integer.MAX_VALUE));
    } catch (Exception | AssertionError failure) {
      throw new AssertionError("seed " + seed + ", " + charset + ": " + done, failure);
    } finally {
      pipe.close();
    }
  }
}
