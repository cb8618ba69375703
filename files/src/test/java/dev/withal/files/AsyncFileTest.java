package dev.withal.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.withal.testkit.LeakCheck;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What each operation does, in both styles. */
@ExtendWith(LeakCheck.class)
class AsyncFileTest {
  /** More than is transferred at once. */
  private static final int LARGE = 1_000_003;

  @TempDir Path dir;

  @Style.InBoth
  void read_moreThanThereIs_givesTheRestAndThenTheEnd(Style style) throws Exception {
    Path path = Files.writeString(dir.resolve("a"), "abcdefg");
    var buffer = ByteBuffer.allocate(5);

    AsyncFiles.open(path)
        .use(file -> {
          assertThat(style.read(file, buffer)).isEqualTo(5);
          assertThat(buffer.array()).asString(UTF_8).isEqualTo("abcde");
          assertThat(style.read(file, buffer.clear())).isEqualTo(2);
          assertThat(style.read(file, buffer.clear())).isEqualTo(-1);
          assertThat(style.position(file)).isEqualTo(7);
          return null;
        });
  }

  @Style.InBoth
  void read_bufferWithLimits_fillsBetweenThem(Style style) throws Exception {
    Path path = Files.writeString(dir.resolve("a"), "abcdefg");
    var buffer = ByteBuffer.allocate(6).position(2).limit(4);

    int count = AsyncFiles.open(path).use(file -> style.read(file, buffer));

    assertThat(count).isEqualTo(2);
    assertThat(buffer.array()).containsExactly(0, 0, 'a', 'b', 0, 0);
    assertThat(buffer.limit()).isEqualTo(4);
  }

  @Style.InBoth
  void read_largeBufferSmallFile_keepsTheLimit(Style style) throws Exception {
    Path path = Files.writeString(dir.resolve("a"), "abc");
    var buffer = ByteBuffer.allocate(LARGE);

    int count = AsyncFiles.open(path).use(file -> style.read(file, buffer));

    assertThat(count).isEqualTo(3);
    assertThat(buffer.position()).isEqualTo(3);
    assertThat(buffer.limit()).isEqualTo(LARGE);
  }

  @Style.InBoth
  void read_fullBuffer_isZeroEvenAtTheEnd(Style style) throws Exception {
    Path path = Files.createFile(dir.resolve("a"));

    int count = AsyncFiles.open(path).use(file -> style.read(file, ByteBuffer.allocate(0)));

    assertThat(count).isZero();
  }

  @Style.InBoth
  void read_readOnlyBuffer_isRefused(Style style) throws Exception {
    Path path = Files.createFile(dir.resolve("a"));
    ByteBuffer buffer = ByteBuffer.allocate(1).asReadOnlyBuffer();

    assertThatThrownBy(() -> AsyncFiles.open(path).use(file -> style.read(file, buffer)))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessage(path + ": read into a read-only buffer");
  }

  @Style.InBoth
  void read_largeBuffers_transferAll(Style style) throws Exception {
    byte[] bytes = new byte[LARGE];
    new Random(1).nextBytes(bytes);
    Path path = dir.resolve("a");
    var back = ByteBuffer.allocate(LARGE + 1);

    AsyncFiles.open(path, CREATE_NEW, READ, WRITE)
        .use(file -> {
          style.write(file, ByteBuffer.wrap(bytes));
          style.seek(file, 0);
          return style.read(file, back);
        });

    assertThat(back.flip()).isEqualTo(ByteBuffer.wrap(bytes));
  }

  @Style.InBoth
  void read_notOpenForReading_saysSo(Style style) {
    Path path = dir.resolve("a");
    var buffer = ByteBuffer.allocate(1);

    assertThatThrownBy(
            () -> AsyncFiles.open(path, CREATE, WRITE).use(file -> style.read(file, buffer)))
        .isExactlyInstanceOf(IllegalStateException.class)
        .hasMessage(path + ": read on a file that wasn't opened with READ");
  }

  @Style.InBoth
  void readAllBytes_fromThePosition_isTheRest(Style style) throws Exception {
    Path path = Files.writeString(dir.resolve("a"), "abcdefg");

    AsyncFiles.open(path)
        .use(file -> {
          style.seek(file, 4);
          assertThat(style.readAllBytes(file)).asString(UTF_8).isEqualTo("efg");
          assertThat(style.readAllBytes(file)).isEmpty();
          assertThat(style.position(file)).isEqualTo(7);
          return null;
        });
  }

  @Style.InBoth
  @EnabledOnOs(OS.LINUX)
  void readAllBytes_fileThatDoesNotKnowItsSize_isReadToTheEnd(Style style) throws Exception {
    Path path = Path.of("/proc/self/status");
    assertThat(Files.size(path)).isZero();

    byte[] bytes = AsyncFiles.open(path).use(style::readAllBytes);

    assertThat(bytes).asString(UTF_8).startsWith("Name:").contains("Threads:");
  }

  @Style.InBoth
  void readString_text_isDecoded(Style style) throws Exception {
    Path path = Files.writeString(dir.resolve("a"), "x grün €");

    String text =
        AsyncFiles.open(path)
            .use(file -> {
              style.seek(file, 2);
              return style.readString(file, UTF_8);
            });

    assertThat(text).isEqualTo("grün €");
  }

  @Style.InBoth
  void readString_malformed_saysWhereAndPutsThePositionBack(Style style) throws Exception {
    Path path = Files.write(dir.resolve("a"), new byte[] {'a', 'b', (byte) 0xC3, (byte) 0xBC, -1});

    AsyncFiles.open(path)
        .use(file -> {
          style.seek(file, 1);
          assertThatThrownBy(() -> style.readString(file, UTF_8))
              .isInstanceOf(CharacterCodingException.class)
              .hasMessage(path + ": not UTF-8 at byte position 4");
          assertThat(style.position(file)).isEqualTo(1);
          return null;
        });
  }

  @Style.InBoth
  void write_inTheMiddle_overwrites(Style style) throws Exception {
    Path path = Files.writeString(dir.resolve("a"), "abcdefg");
    ByteBuffer source = UTF_8.encode("-XY-").position(1).limit(3);

    AsyncFiles.open(path, WRITE)
        .use(file -> {
          style.seek(file, 2);
          style.write(file, source);
          style.force(file);
          assertThat(style.position(file)).isEqualTo(4);
          assertThat(style.size(file)).isEqualTo(7);
          return null;
        });

    assertThat(path).hasContent("abXYefg");
    assertThat(source.position()).isEqualTo(3);
    assertThat(source.limit()).isEqualTo(3);
  }

  @Style.InBoth
  void write_appending_goesToTheEndWhereverThatIs(Style style) throws Exception {
    Path path = Files.writeString(dir.resolve("log"), "one ");

    AsyncFiles.open(path, APPEND)
        .use(file -> {
          style.write(file, UTF_8.encode("two "));
          style.flush(file);
          Files.writeString(path, "three ", APPEND);
          style.write(file, UTF_8.encode("four"));
          assertThat(style.position(file)).isEqualTo(18);
          return null;
        });

    assertThat(path).hasContent("one two three four");
  }

  @Style.InBoth
  void write_notOpenForWriting_saysSo(Style style) throws Exception {
    Path path = Files.createFile(dir.resolve("a"));

    assertThatThrownBy(() ->
            AsyncFiles.open(path)
                .use(file -> {
                  style.write(file, UTF_8.encode("a"));
                  return null;
                }))
        .isExactlyInstanceOf(IllegalStateException.class)
        .hasMessage(path + ": write on a file that wasn't opened with WRITE or APPEND");
  }

  @Style.InBoth
  @EnabledOnOs(OS.LINUX)
  void write_deviceIsFull_namesFileAndOperation(Style style) {
    Path full = Path.of("/dev/full");
    var source = ByteBuffer.allocate(LARGE);

    assertThatThrownBy(() ->
            AsyncFiles.open(full, WRITE)
                .use(file -> {
                  style.write(file, source);
                  return null;
                }))
        .isExactlyInstanceOf(FileSystemException.class)
        .hasMessage("/dev/full: write failed: No space left on device")
        .hasCauseExactlyInstanceOf(IOException.class);
    assertThat(source.remaining()).as("what was not taken before it failed").isPositive();
  }

  @Style.InBoth
  void seek_negative_isRefused(Style style) throws Exception {
    Path path = Files.createFile(dir.resolve("a"));

    assertThatThrownBy(() ->
            AsyncFiles.open(path)
                .use(file -> {
                  style.seek(file, -1);
                  return null;
                }))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessage(path + ": seek to the negative position -1");
  }

  @Style.InBoth
  void anyOperation_afterTheExit_isRefused(Style style) throws Exception {
    Path path = Files.createFile(dir.resolve("a"));

    AsyncFile file = AsyncFiles.open(path).use(open -> open);

    assertThatThrownBy(() -> style.size(file))
        .isInstanceOf(ClosedChannelException.class)
        .hasMessage(path + ": size after the file was closed: use it only inside its context");
  }

  @Style.InBoth
  void everyOperation_inAnArchive_worksToo(Style style) throws Exception {
    try (var zip = FileSystems.newFileSystem(dir.resolve("a.zip"), Map.of("create", "true"))) {
      Path path = zip.getPath("entry");

      AsyncFiles.open(path, CREATE_NEW, READ, WRITE)
          .use(file -> {
            style.write(file, UTF_8.encode("abcdef"));
            style.seek(file, 3);
            assertThat(style.readString(file, UTF_8)).isEqualTo("def");
            assertThat(style.size(file)).isEqualTo(6);
            style.force(file);
            return null;
          });

      assertThat(path).hasContent("abcdef");
    }
  }
}
