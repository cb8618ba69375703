package dev.withal.files;

import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.withal.testkit.LeakCheck;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.Pipe;
import java.nio.charset.Charset;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Positions of text where shifts, a pipe, the end or sheer length makes them differ. */
@ExtendWith(LeakCheck.class)
class TextPositionTest {
  @TempDir Path dir;

  // ---- pipes -----------------------------------------------------------------------------------

  @Style.InBoth
  void readLine_carriageReturnAtAPipe_isGivenBeforeTheLineFeedComes(Style style) throws Exception {
    piped(
        100,
        (file, writer) -> {
          writer.write(UTF_8.encode("a\r"));
          assertThat(style.readLine(file.text(UTF_8))).isEqualTo("a");

          writer.write(UTF_8.encode("\nbc\n"));

          assertThat(style.position(file)).isEqualTo(3);
          assertThat(style.readBytes(file, 1)).containsExactly('b');
          assertThat(style.readLine(file.text(UTF_8))).isEqualTo("c");
        });
  }

  @Style.InBoth
  void readLine_carriageReturnsAtAPipe_endLinesOfAnyView(Style style) throws Exception {
    piped(
        0,
        (file, writer) -> {
          writer.write(UTF_16LE.encode("a\r\nb\r"));
          assertThat(style.readLine(file.text(UTF_16LE))).isEqualTo("a");
          assertThat(style.readLine(file.text(UTF_16LE))).isEqualTo("b");
          writer.write(UTF_16LE.encode("\r\n"));
          assertThat(style.readLine(file.text(UTF_16LE))).isEmpty();
          writer.close();
          assertThat(style.readLine(file.text(UTF_16LE))).isNull();
          assertThat(style.position(file)).isEqualTo(14);
        });
  }

  @Style.InBoth
  void readLine_fromAPipeWithoutABuffer_leavesTheRestInIt(Style style) throws Exception {
    Pipe pipe = Pipe.open();
    try (var source = pipe.source();
        var sink = pipe.sink();
        var channel = PipeChannel.of(Path.of("pipe"), new Reading(source), true)) {
      FileAccess access = AsyncFiles.onVirtualThreads().bufferSize(0);
      var file = new AsyncFile(access.opened(Path.of("pipe"), channel, Set.of(READ)));
      sink.write(UTF_8.encode("first\nsecond\n"));

      assertThat(style.readLine(file.text(UTF_8))).isEqualTo("first");

      var rest = ByteBuffer.allocate(100);
      source.read(rest);
      assertThat(rest.flip()).isEqualTo(UTF_8.encode("second\n"));
    }
  }

  private interface Body {
    void run(AsyncFile file, Pipe.SinkChannel writer) throws Exception;
  }

  private static void piped(int bufferSize, Body body) throws Exception {
    Pipe pipe = Pipe.open();
    try (var sink = pipe.sink();
        var channel = PipeChannel.of(Path.of("pipe"), new Reading(pipe.source()), true)) {
      FileAccess access = AsyncFiles.onVirtualThreads().bufferSize(bufferSize);
      body.run(new AsyncFile(access.opened(Path.of("pipe"), channel, Set.of(READ))), sink);
    }
  }

  /** The end of a pipe from which is read, as a channel of both directions. */
  private record Reading(Pipe.SourceChannel source) implements java.nio.channels.ByteChannel {
    @Override
    public int read(ByteBuffer target) throws IOException {
      return source.read(target);
    }

    @Override
    public int write(ByteBuffer bytes) throws IOException {
      throw new IOException("the other end");
    }

    @Override
    public boolean isOpen() {
      return source.isOpen();
    }

    @Override
    public void close() throws IOException {
      source.close();
    }
  }

  // ---- shifts ----------------------------------------------------------------------------------

  @Style.InBoth
  void lines_ofEveryCharset_areReadAgainFromTheirPositions(Style style) throws Exception {
    for (String name :
        List.of(
            "UTF-8",
            "UTF-16",
            "x-UTF-16LE-BOM",
            "UTF-32",
            "X-UTF-32BE-BOM",
            "GBK",
            "Shift_JIS",
            "ISO-2022-JP",
            "ISO-2022-KR",
            "x-ISO-2022-CN-GB",
            "x-ISO-2022-CN-CNS",
            "x-IBM1364",
            "IBM930",
            "IBM037",
            "windows-1252")) {
      Charset charset = Charset.forName(name);
      List<String> lines =
          List.of("日本a語", "", "\u0D0A\u0A0D", "中文", "a", "한국", "é", "\0b").stream()
              .filter(charset.newEncoder()::canEncode)
              .toList();
      Path path = Files.writeString(dir.resolve("a"), String.join("\r\n", lines), charset);
      for (int size : List.of(0, 1, 2, 5, 100_000)) {
        AsyncFiles.onVirtualThreads()
            .bufferSize(size)
            .open(path)
            .use(file -> {
              var positions = new ArrayList<Long>();
              for (String line : lines) {
                positions.add(style.position(file));
                assertThat(style.readLine(file.text(charset))).as(name).isEqualTo(line);
              }
              assertThat(style.readLine(file.text(charset))).isNull();
              for (int i = lines.size() - 1; i >= 0; i--) {
                style.seek(file, positions.get(i));
                assertThat(style.readLine(file.text(charset))).as(name).isEqualTo(lines.get(i));
              }
              return null;
            });
      }
    }
  }

  @Style.InBoth
  void position_withinAShift_isRefusedAndTheTextGoesOn(Style style) throws Exception {
    Charset charset = Charset.forName("ISO-2022-JP");
    Path path = Files.writeString(dir.resolve("a"), "日本語\nabc", charset);

    AsyncFiles.open(path)
        .use(file -> {
          assertThat(style.readString(file.text(charset), 1)).isEqualTo("日");
          assertThatThrownBy(() -> style.position(file))
              .isExactlyInstanceOf(FileSystemException.class)
              .hasMessage(
                  path
                      + ": the bytes at position 5 can't be decoded in ISO-2022-JP without"
                      + " the bytes before, so there is no position to return to: read to"
                      + " the end of the line");
          assertThat(style.readString(file.text(charset), 1)).isEqualTo("本");
          assertThat(style.readLine(file.text(charset))).isEqualTo("語");
          assertThat(style.position(file)).isEqualTo(13);
          return null;
        });
  }

  @Style.InBoth
  void position_behindTheByteOfAShiftInACharsetWithout_isTold(Style style) throws Exception {
    Charset charset = Charset.forName("IBM037");
    Path path = Files.writeString(dir.resolve("a"), "a\u000Ebc", charset);

    AsyncFiles.open(path)
        .use(file -> {
          assertThat(style.readString(file.text(charset), 3)).isEqualTo("a\u000Eb");
          assertThat(style.position(file)).isEqualTo(3);
          assertThat(style.readString(file.text(charset), 3)).isEqualTo("c");
          return null;
        });
  }

  @Style.InBoth
  void readLine_malformedWithinAShift_failsTheSameTwice(Style style) throws Exception {
    Charset charset = Charset.forName("ISO-2022-JP");
    byte[] bytes = "日本語\nabc".getBytes(charset);
    bytes[7] = (byte) 0xFF;
    Path path = Files.write(dir.resolve("a"), bytes);

    AsyncFiles.open(path)
        .use(file -> {
          AsyncTextFile text = file.text(charset);
          assertThat(style.readString(text, 1)).isEqualTo("日");
          for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> style.readLine(text))
                .hasMessage(path + ": not ISO-2022-JP at byte position 7");
            assertThatThrownBy(() -> style.readString(text, 9))
                .hasMessage(path + ": not ISO-2022-JP at byte position 7");
          }
          assertThat(style.readString(text, 1)).isEqualTo("本");
          return null;
        });
  }

  // ---- appending -------------------------------------------------------------------------------

  @Style.InBoth
  void position_appending_isTheEndWhoeverWrites(Style style) throws Exception {
    Path path = Files.writeString(dir.resolve("log"), "12345");

    AsyncFiles.open(path, APPEND)
        .use(file -> {
          assertThat(style.position(file)).isEqualTo(5);
          style.write(file, UTF_8.encode("67"));
          assertThat(style.position(file)).isEqualTo(7);
          Files.writeString(path, "abc", APPEND);
          assertThat(style.position(file)).isEqualTo(10);
          assertThatThrownBy(() -> style.seek(file, 0))
              .isExactlyInstanceOf(IllegalStateException.class)
              .hasMessage(
                  path
                      + ": seek on a file that was opened with APPEND, where every write"
                      + " goes to the end: open it with WRITE");
          assertThatThrownBy(() -> style.writeAt(file, 0, UTF_8.encode("X")))
              .isExactlyInstanceOf(IllegalStateException.class);
          style.truncate(file, 4);
          assertThat(style.position(file)).isEqualTo(4);
          return null;
        });

    assertThat(path).hasContent("1234");
  }

  // ---- long lines ------------------------------------------------------------------------------

  @Test
  @EnabledOnOs(OS.LINUX)
  void readLine_longerThanAnArray_saysHowLong() throws Exception {
    Path path = dir.resolve("sparse");
    try (FileChannel channel = FileChannel.open(path, CREATE, WRITE)) {
      channel.write(UTF_8.encode("short\n"));
      channel.write(UTF_8.encode("\nafter"), 2_200_000_006L);
    }

    AsyncFiles.openText(path, UTF_8)
        .use(text -> {
          assertThat(text.readLine()).isEqualTo("short");
          assertThatThrownBy(text::readLine)
              .isExactlyInstanceOf(FileSystemException.class)
              .hasMessage(
                  path
                      + ": the line at byte position 6 has 2200000000 bytes, which is more than fits"
                      + " into an array: read it in pieces");
          assertThat(text.file().position()).isEqualTo(6);
          return null;
        });
  }
}
