package dev.withal.files;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.withal.testkit.LeakCheck;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.CancellationException;
import java.util.concurrent.SubmissionPublisher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What is held back and when it is written; text, streams and publishers to write from. */
@ExtendWith(LeakCheck.class)
class WritingTest {
  @TempDir Path dir;

  @Style.InBoth
  void write_small_isHeldBackUntilTheFlush(Style style) throws Exception {
    Path path = dir.resolve("a");

    AsyncFiles.open(path, CREATE, WRITE)
        .use(file -> {
          style.write(file, UTF_8.encode("abc"));
          assertThat(path).isEmptyFile();
          assertThat(style.position(file)).isEqualTo(3);
          style.flush(file);
          assertThat(path).hasContent("abc");
          style.write(file, UTF_8.encode("def"));
          return null;
        });

    assertThat(path).hasContent("abcdef");
  }

  @Style.InBoth
  void write_thenReadOnOneFile_seesItself(Style style) throws Exception {
    Path path = Files.writeString(dir.resolve("a"), "0123456789");

    AsyncFiles.open(path, READ, WRITE)
        .use(file -> {
          assertThat(style.readBytes(file, 2)).asString(UTF_8).isEqualTo("01");
          style.write(file, UTF_8.encode("ab"));
          assertThat(style.readBytes(file, 2)).asString(UTF_8).isEqualTo("45");
          style.seek(file, 1);
          assertThat(style.readBytes(file, 4)).asString(UTF_8).isEqualTo("1ab4");
          assertThat(style.size(file)).isEqualTo(10);
          return null;
        });

    assertThat(path).hasContent("01ab456789");
  }

  @Style.InBoth
  void atAPosition_readAndWrite_leaveThePositionAlone(Style style) throws Exception {
    Path path = Files.writeString(dir.resolve("a"), "0123456789");
    var buffer = ByteBuffer.allocate(3);

    AsyncFiles.open(path, READ, WRITE)
        .use(file -> {
          style.readBytes(file, 1);
          style.writeAt(file, 7, UTF_8.encode("xyz"));
          assertThat(style.readAt(file, 6, buffer)).isEqualTo(3);
          assertThat(buffer.array()).asString(UTF_8).isEqualTo("6xy");
          assertThat(style.readAt(file, 10, buffer.clear())).isEqualTo(-1);
          assertThat(style.position(file)).isEqualTo(1);
          return null;
        });

    assertThat(path).hasContent("0123456xyz");
  }

  @Style.InBoth
  void truncate_withBytesHeldBack_cutsThemToo(Style style) throws Exception {
    Path path = dir.resolve("a");

    AsyncFiles.open(path, CREATE, TRUNCATE_EXISTING, WRITE)
        .use(file -> {
          style.write(file, UTF_8.encode("abcdef"));
          style.truncate(file, 2);
          assertThat(style.size(file)).isEqualTo(2);
          assertThat(style.position(file)).isEqualTo(6);
          return null;
        });

    assertThat(path).hasContent("ab");
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void create_withPermissions_hasThem() throws Exception {
    Path path = dir.resolve("a");
    var secret = PosixFilePermissions.fromString("rw-------");

    AsyncFiles.onVirtualThreads()
        .attributes(PosixFilePermissions.asFileAttribute(secret))
        .open(path, CREATE, WRITE)
        .use(AsyncFile::size);

    assertThat(Files.getPosixFilePermissions(path)).isEqualTo(secret);
  }

  @Style.InBoth
  void transferTo_anotherFile_movesBothPositions(Style style) throws Exception {
    Path from = Files.writeString(dir.resolve("from"), "0123456789".repeat(100_000));
    Path to = dir.resolve("to");

    AsyncFiles.open(from)
        .use(source ->
            AsyncFiles.open(to, CREATE, WRITE)
                .use(target -> {
                  style.seek(source, 999_990);
                  style.write(target, UTF_8.encode("head "));
                  assertThat(style.transferTo(source, target)).isEqualTo(10);
                  style.seek(source, 0);
                  assertThat(style.transferTo(source, target)).isEqualTo(1_000_000);
                  assertThat(style.position(target)).isEqualTo(1_000_015);
                  return null;
                }));

    assertThat(to).hasContent("head 0123456789" + Files.readString(from));
  }

  @Test
  void writeAll_aPublisher_writesEachPieceAndCounts() throws Exception {
    Path from = Files.writeString(dir.resolve("from"), "0123456789".repeat(1_000));
    Path to = dir.resolve("to");

    long count =
        AsyncFiles.open(from)
            .use(source ->
                AsyncFiles.open(to, CREATE, WRITE)
                    .use(file -> file.writeAllAsync(source.publishBytes(7)).join()));

    assertThat(count).isEqualTo(10_000);
    assertThat(to).hasSameTextualContentAs(from);
  }

  @Test
  void writeLines_thePublisherFails_failsWithThat() throws Exception {
    var failure = new IOException("broken");

    AsyncFiles.openText(dir.resolve("a"), UTF_8, CREATE, WRITE)
        .use(text -> {
          try (var lines = new SubmissionPublisher<String>(Runnable::run, 1)) {
            var written = text.writeLinesAsync(lines);
            lines.submit("one");
            lines.closeExceptionally(failure);
            assertThatThrownBy(written::get).cause().isSameAs(failure);
          }
          return null;
        });

    assertThat(dir.resolve("a")).hasContent("one\n");
  }

  @Test
  void writeLines_cancelled_cancelsTheSubscription() throws Exception {
    AsyncFiles.openText(dir.resolve("a"), UTF_8, CREATE, WRITE)
        .use(text -> {
          try (var lines = new SubmissionPublisher<String>(Runnable::run, 1)) {
            var written = text.writeLinesAsync(lines);
            written.cancel(true);
            lines.submit("one");
            assertThat(lines.getNumberOfSubscribers()).isZero();
            assertThatThrownBy(written::join).isInstanceOf(CancellationException.class);
          }
          return null;
        });
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void exit_whatWasHeldBackDoesNotFit_fails() {
    Path path = dir.resolve("full");

    assertThatThrownBy(
            () -> {
              Files.createSymbolicLink(path, Path.of("/dev/full"));
              AsyncFiles.open(path, WRITE)
                  .use(file -> {
                    file.write(UTF_8.encode("abc"));
                    return null;
                  });
            })
        .isExactlyInstanceOf(FileSystemException.class)
        .hasMessage(path + ": write failed: No space left on device");
  }

  @Style.InBoth
  void write_textAndLines_areEncoded(Style style) throws Exception {
    Path path = dir.resolve("a");

    AsyncFiles.openText(path, UTF_8, CREATE, WRITE, READ)
        .use(text -> {
          style.write(text, "grün ");
          style.writeLine(text, "€");
          style.seek(text.file(), 0);
          assertThat(style.readLine(text)).isEqualTo("grün €");
          style.writeLine(text, "more?");
          return null;
        });

    assertThat(path).hasContent("grün €\nmore?\n");
  }

  @Style.InBoth
  void write_whatTheCharsetDoesNotHave_writesNothing(Style style) throws Exception {
    Path path = dir.resolve("a");

    AsyncFiles.openText(path, US_ASCII, CREATE, WRITE)
        .use(text -> {
          assertThatThrownBy(() -> style.write(text, "gr\u00FCn?"))
              .isInstanceOf(CharacterCodingException.class)
              .hasMessage(path + ": the text to write can't be encoded in US-ASCII at character 2");
          assertThat(style.size(text.file())).isZero();
          return null;
        });
  }

  @Test
  void views_asStreams_readAndWriteAtTheFilesPosition() throws Exception {
    Path path = Files.writeString(dir.resolve("a"), "abcdef");

    AsyncFiles.open(path, READ, WRITE)
        .use(file -> {
          assertThat(file.inputStream().read()).isEqualTo('a');
          assertThat(file.inputStream().readNBytes(2)).asString(UTF_8).isEqualTo("bc");
          file.outputStream().write('X');
          assertThat(file.position()).isEqualTo(4);
          assertThat(file.inputStream().readAllBytes()).asString(UTF_8).isEqualTo("ef");
          assertThat(file.inputStream().read()).isEqualTo(-1);
          return null;
        });

    assertThat(path).hasContent("abcXef");
  }
}
