package dev.withal.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.DELETE_ON_CLOSE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.withal.testkit.LeakCheck;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong with files themselves. */
@ExtendWith(LeakCheck.class)
class SurvivalTest {
  @TempDir Path dir;

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void open_mayNotBeRead_saysWhich() throws Exception {
    Path path = Files.createFile(dir.resolve("secret"));
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("---------"));
    assumeFalse(Files.isReadable(path), "who may read everything can't be refused");

    assertThatThrownBy(() -> AsyncFiles.open(path).use(AsyncFile::size))
        .isExactlyInstanceOf(AccessDeniedException.class)
        .hasMessage(path.toString());
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void open_aSocket_saysWhich() throws Exception {
    Path path = dir.resolve("socket");
    try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(path));

      assertThatThrownBy(() -> AsyncFiles.open(path).use(AsyncFile::size))
          .isExactlyInstanceOf(FileSystemException.class)
          .hasMessage(path + ": No such device or address");
    }
  }

  @Style.InBoth
  void readLine_fileIsTruncatedMeanwhile_endsEarly(Style style) throws Exception {
    Path path =
        Files.write(
            dir.resolve("a"), IntStream.range(0, 50_000).mapToObj(i -> "line " + i).toList());

    AsyncFiles.onVirtualThreads()
        .bufferSize(64 * 1024)
        .openText(path, UTF_8)
        .use(text -> {
          assertThat(style.readLine(text)).isEqualTo("line 0");
          Files.newOutputStream(path).close();
          int lines = 1;
          while (style.readLine(text) != null) {
            lines++;
          }
          // What was read ahead: one block.
          assertThat(lines).isBetween(5_000, 8_000);
          assertThat(style.size(text.file())).isZero();
          return null;
        });
  }

  @Style.InBoth
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void readLine_fileIsDeletedMeanwhile_goesOn(Style style) throws Exception {
    Path path =
        Files.write(
            dir.resolve("a"), IntStream.range(0, 50_000).mapToObj(i -> "line " + i).toList());

    AsyncFiles.openText(path, UTF_8)
        .use(text -> {
          Files.delete(path);
          for (int i = 0; i < 50_000; i++) {
            assertThat(style.readLine(text)).isEqualTo("line " + i);
          }
          assertThat(style.readLine(text)).isNull();
          return null;
        });
  }

  @Test
  void open_deleteOnClose_isGoneAfterTheExit() throws Exception {
    Path path = dir.resolve("a");

    AsyncFiles.open(path, CREATE, READ, WRITE, DELETE_ON_CLOSE)
        .use(file -> {
          file.write(UTF_8.encode("abc"));
          return null;
        });

    assertThat(path).doesNotExist();
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void write_noRoomIsLeft_saysSoAndKeepsWhatWasWritten() throws Exception {
    Path path = dir.resolve("a");
    Process limited =
        new ProcessBuilder(
                "sh",
                "-c",
                "ulimit -f 64; exec \"$@\"",
                "sh",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                // Its counters are a file of more than that.
                "-XX:-UsePerfData",
                "-cp",
                System.getProperty("java.class.path"),
                Filling.class.getName(),
                path.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();

    assertThat(limited.inputReader().readAllLines())
        .containsExactly(
            path + ": write failed: File too large",
            "suppressed: " + path + ": close failed: File too large");
    assertThat(Files.size(path)).isBetween(32_768L, 65_536L);
    assertThat(limited.waitFor()).isZero();
  }

  /** Writes more than there is room for, in small pieces. */
  static final class Filling {
    private Filling() {}

    public static void main(String[] args) throws InterruptedException {
      try {
        AsyncFiles.open(Path.of(args[0]), CREATE, WRITE)
            .use(file -> {
              while (true) {
                file.write(ByteBuffer.allocate(1_000));
              }
            });
      } catch (IOException error) {
        System.out.println(error.getMessage());
        for (Throwable more : error.getSuppressed()) {
          System.out.println("suppressed: " + more.getMessage());
        }
      }
    }
  }
}
