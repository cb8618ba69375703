package dev.withal.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.withal.testkit.LeakCheck;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What is published between two positions. */
@ExtendWith(LeakCheck.class)
class PublishedRangeTest {
  @TempDir Path dir;

  private static CompletableFuture<List<String>> pieces(Flow.Publisher<ByteBuffer> publisher) {
    return AsyncFiles.toListAsync(publisher)
        .thenApply(all -> all.stream().map(UTF_8::decode).map(Object::toString).toList());
  }

  @Test
  void publishBytes_ofARange_isThatInPiecesAndLeavesThePosition() throws Exception {
    Path path = Files.writeString(dir.resolve("a"), "0123456789");

    AsyncFiles.open(path, READ, WRITE)
        .use(file -> {
          file.seek(4);
          file.write(UTF_8.encode("x"));
          assertThat(pieces(file.publishBytes(3, 2, 9)).get()).containsExactly("23x", "567", "8");
          assertThat(pieces(file.publishBytes(100, 8, 100)).get()).containsExactly("89");
          assertThat(pieces(file.publishBytes(100, 50, 100)).get()).isEmpty();
          assertThat(pieces(file.publishBytes(100, 3, 3)).get()).isEmpty();
          assertThat(file.position()).isEqualTo(5);
          return null;
        });
  }

  @Test
  void publishBytes_twoSubscriptionsAtATime_eachGetsAll() throws Exception {
    Path path = Files.writeString(dir.resolve("a"), "0123456789");

    AsyncFiles.open(path)
        .use(file -> {
          Flow.Publisher<ByteBuffer> range = file.publishBytes(2, 0, 6);
          var first = pieces(range);
          var second = pieces(range);
          assertThat(first.get()).containsExactly("01", "23", "45");
          assertThat(second.get()).containsExactly("01", "23", "45");
          return null;
        });
  }

  @Test
  void publishBytes_ofNoRange_isRefused() throws Exception {
    Path path = Files.writeString(dir.resolve("a"), "0123456789");

    AsyncFiles.open(path)
        .use(file -> {
          assertThatThrownBy(() -> file.publishBytes(1, 3, 2))
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessage(path + ": bytes from 3 to 2: the end must not be before the start");
          assertThatThrownBy(() -> file.publishBytes(1, -1, 2))
              .isInstanceOf(IllegalArgumentException.class);
          assertThatThrownBy(() -> file.publishBytes(0, 1, 2))
              .isInstanceOf(IllegalArgumentException.class);
          return null;
        });
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void publishBytes_ofARangeOfAPipe_fails() throws Exception {
    AsyncFiles.open(Path.of("/dev/null"))
        .use(file -> {
          assertThatThrownBy(pieces(file.publishBytes(1, 0, 2))::get)
              .hasCauseInstanceOf(FileSystemException.class);
          return null;
        });
  }
}
