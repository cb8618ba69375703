package dev.withal.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.withal.testkit.LeakCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Atomic replacement: the new content or the old one, and nothing beside it. */
@ExtendWith(LeakCheck.class)
class ReplacingTest {
  @TempDir Path dir;

  @Test
  void replace_bodySucceeds_isTheNewContent() throws Exception {
    Path path = Files.writeString(dir.resolve("a"), "old");

    AsyncFiles.path(path)
        .replace()
        .use(file -> {
          file.write(UTF_8.encode("new"));
          file.flush();
          assertThat(path).hasContent("old");
          return null;
        });

    assertThat(path).hasContent("new");
    assertThat(dir).isDirectoryNotContaining(file -> !file.equals(path));
  }

  @Test
  void replace_noFileBefore_createsIt() throws Exception {
    Path path = dir.resolve("a");

    AsyncFiles.path(path).replace().useAsync(file -> file.writeAsync(UTF_8.encode("new"))).get();

    assertThat(path).hasContent("new");
  }

  @Test
  void replace_bodyFails_leavesTheOldFile() throws Exception {
    Path path = Files.writeString(dir.resolve("a"), "old");
    var failure = new IOException("body");

    assertThatThrownBy(() ->
            AsyncFiles.path(path)
                .replace()
                .use(file -> {
                  file.write(UTF_8.encode("new"));
                  throw failure;
                }))
        .isSameAs(failure);

    assertThat(path).hasContent("old");
    assertThat(dir).isDirectoryNotContaining(file -> !file.equals(path));
  }

  @Test
  void replace_cancelled_leavesTheOldFile() throws Exception {
    Path path = Files.writeString(dir.resolve("a"), "old");
    var written = new CompletableFuture<Void>();
    var use =
        AsyncFiles.path(path)
            .replace()
            .useAsync((file, cancellation) ->
                file.writeAsync(UTF_8.encode("new"))
                    .thenAccept(written::complete)
                    .thenCompose(_ -> cancellation.cancelling(new CompletableFuture<>())));
    written.get();

    use.cancel(true);

    assertThatThrownBy(use::join).isInstanceOf(CancellationException.class);
    assertThat(path).hasContent("old");
    assertThat(dir).isDirectoryNotContaining(file -> !file.equals(path));
  }

  @Test
  void replace_moveFails_failsAndLeavesNothing() throws Exception {
    Path path = dir.resolve("a");

    assertThatThrownBy(() ->
            AsyncFiles.path(path)
                .replace()
                .use(file -> Files.createDirectories(path.resolve("in the way"))))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(path.toString());

    assertThat(dir).isDirectoryNotContaining(file -> !file.equals(path));
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void replace_throughALink_keepsLinkAndPermissions() throws Exception {
    Path path = Files.writeString(dir.resolve("a"), "old");
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-r-----"));
    Path link = Files.createSymbolicLink(dir.resolve("link"), path);

    AsyncFiles.path(link)
        .replace()
        .use(file -> {
          file.write(UTF_8.encode("new"));
          return null;
        });

    assertThat(link).isSymbolicLink().hasContent("new");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
        .isEqualTo("rw-r-----");
  }
}
