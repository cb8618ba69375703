package dev.withal.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.withal.testkit.LeakCheck;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A file as a stream. */
@ExtendWith(LeakCheck.class)
class BufferedViewTest {
  @TempDir Path dir;

  @Test
  void read_inPiecesOfAllSizes_givesEveryByteInOrder() throws Exception {
    byte[] bytes = new byte[300_000];
    new Random(1).nextBytes(bytes);
    Path path = Files.write(dir.resolve("a"), bytes);
    var read = new ByteArrayOutputStream();

    AsyncFiles.open(path)
        .use(file -> {
          InputStream stream = file.inputStream();
          byte[] piece = new byte[40_000];
          int size = 1;
          for (int count = 0; count >= 0; count = stream.read(piece, 7, size)) {
            read.write(piece, 7, count);
            int next = stream.read();
            if (next >= 0) {
              read.write(next);
            }
            size = size * 3 % 39_000;
          }
          return null;
        });

    assertThat(read.toByteArray()).isEqualTo(bytes);
  }

  @Test
  void read_fromTheMiddle_beginsAtThePosition() throws Exception {
    String read =
        AsyncFiles.open(file("abcdef"))
            .use(file -> {
              file.seek(4);
              return new String(file.inputStream().readAllBytes(), UTF_8);
            });

    assertThat(read).isEqualTo("ef");
  }

  @Test
  void read_atTheEnd_saysSoEachTime() throws Exception {
    AsyncFiles.open(file(""))
        .use(file -> {
          InputStream stream = file.inputStream();
          assertThat(stream.read()).isEqualTo(-1);
          assertThat(stream.read(new byte[4])).isEqualTo(-1);
          assertThat(stream.read(new byte[100_000])).isEqualTo(-1);
          assertThat(stream.read(new byte[0])).isZero();
          return null;
        });
  }

  @Test
  void available_afterARead_isWhatTheBufferHas() throws Exception {
    AsyncFiles.open(file("abcdef"))
        .use(file -> {
          InputStream stream = file.inputStream();
          assertThat(stream.available()).isZero();
          stream.read();
          assertThat(stream.available()).isEqualTo(5);
          return null;
        });
  }

  @Test
  void close_withBytesInTheBuffer_givesThemBackAndLeavesTheFileOpen() throws Exception {
    AsyncFiles.open(file("abcdef"))
        .use(file -> {
          try (InputStream stream = file.inputStream()) {
            stream.readNBytes(2);
          }
          assertThat(file.position()).isEqualTo(2);
          assertThat(file.readString(UTF_8)).isEqualTo("cdef");
          return null;
        });
  }

  @Test
  void close_positionWasMoved_leavesItThere() throws Exception {
    AsyncFiles.open(file("abcdef"))
        .use(file -> {
          try (InputStream stream = file.inputStream()) {
            stream.readNBytes(2);
            file.seek(1);
          }
          assertThat(file.position()).isEqualTo(1);
          return null;
        });
  }

  @Test
  void close_twice_givesBackOnce() throws Exception {
    AsyncFiles.open(file("abcdef"))
        .use(file -> {
          InputStream stream = file.inputStream();
          stream.readNBytes(2);
          stream.close();
          file.seek(6);
          stream.close();
          assertThat(file.position()).isEqualTo(6);
          return null;
        });
  }

  @Test
  void read_afterItsClose_isRefused() throws Exception {
    Path path = file("abcdef");

    AsyncFiles.open(path)
        .use(file -> {
          InputStream stream = file.inputStream();
          stream.close();
          assertThatThrownBy(stream::read)
              .isExactlyInstanceOf(IOException.class)
              .hasMessage(path + ": read from a stream that was closed");
          return null;
        });
  }

  @Test
  void read_afterTheFileIsClosed_isRefusedThoughTheBufferHasBytes() throws Exception {
    Path path = file("abcdef");
    InputStream stream =
        AsyncFiles.open(path)
            .use(file -> {
              InputStream open = file.inputStream();
              open.read();
              return open;
            });

    assertThatThrownBy(stream::read)
        .isInstanceOf(ClosedChannelException.class)
        .hasMessage(path + ": read after the file was closed: use it only inside its context");
  }

  private Path file(String content) throws IOException {
    return Files.writeString(dir.resolve("a"), content);
  }
}
