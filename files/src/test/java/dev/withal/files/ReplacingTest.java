package dev.withal.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.withal.testkit.LeakCheck;
import java.io.IOException;
import java.nio.charset.CodingErrorAction;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
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

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void replace_throughLinksToNothing_createsTheTargetAndKeepsThem() throws Exception {
    Path real = Files.createDirectories(dir.resolve("real/deep"));
    Path elsewhere = Files.createSymbolicLink(dir.resolve("elsewhere"), real);
    // Where it leads depends on where the link really is.
    Path inner = Files.createSymbolicLink(elsewhere.resolve("inner"), Path.of("../target"));
    Path outer = Files.createSymbolicLink(dir.resolve("outer"), Path.of("elsewhere/inner"));

    AsyncFiles.path(outer).replace().useAsync(file -> file.writeAsync(UTF_8.encode("new"))).get();

    assertThat(outer).isSymbolicLink();
    assertThat(inner).isSymbolicLink();
    assertThat(dir.resolve("real/target")).isRegularFile().hasContent("new");
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void replace_linksInACircle_failsNamingThePath() throws Exception {
    Path one = dir.resolve("one");
    Files.createSymbolicLink(dir.resolve("two"), one);
    Files.createSymbolicLink(one, dir.resolve("two"));

    assertThatThrownBy(() -> AsyncFiles.path(one).replace().use(AsyncFile::size))
        .isExactlyInstanceOf(FileSystemLoopException.class)
        .hasMessageStartingWith(one.toString());
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void replace_ofWhatIsNoRegularFile_isRefusedBeforeTheBody() throws Exception {
    Path directory = Files.createDirectory(dir.resolve("directory"));
    Path link = Files.createSymbolicLink(dir.resolve("link"), directory);
    for (Path path :
        List.of(directory, link, directory.resolve(".."), Fifos.make(dir.resolve("fifo")))) {
      assertThatThrownBy(() ->
              AsyncFiles.path(path)
                  .replace()
                  .use(_ -> {
                    throw new AssertionError("the body ran");
                  }))
          .isExactlyInstanceOf(FileSystemException.class)
          .hasMessage(path + ": isn't a regular file: only such a file can be replaced");
    }
    assertThat(dir).isDirectoryNotContaining(file -> file.getFileName().toString().startsWith("."));
  }

  @Test
  void replace_nameOf255Bytes_works() throws Exception {
    for (String name : List.of("n".repeat(255), "\u8A9E".repeat(85))) {
      Path path = dir.resolve(name);

      AsyncFiles.path(path).replace().useAsync(file -> file.writeAsync(UTF_8.encode("new"))).get();

      assertThat(path).hasContent("new");
    }
  }

  @Test
  void replace_errors_nameTheTarget() throws Exception {
    Path path = dir.resolve("missing/a");

    assertThatThrownBy(() -> AsyncFiles.path(path).replace().use(AsyncFile::size))
        .isExactlyInstanceOf(NoSuchFileException.class)
        .hasMessage(path.toString());
    AsyncFiles.path(dir.resolve("a"))
        .replace()
        .use(file -> {
          assertThat(file.path()).isEqualTo(dir.resolve("a"));
          return null;
        });
  }

  @Test
  void force_ofAWholeFileWithinAPair_writesItsReplacementFirst() throws Exception {
    Path path = dir.resolve("a");

    AsyncFiles.open(path, CREATE, WRITE)
        .use(file -> {
          file.text(UTF_8, CodingErrorAction.REPLACE).write("x\uD83D");

          file.file().forceWholeAsync().get();

          assertThat(path).hasContent("x?");
          return null;
        });

    assertThat(path).hasContent("x?");
  }

  @Test
  void replace_whileTheBodyRuns_hasAFileOfTheDocumentedName() throws Exception {
    Path path = Files.writeString(dir.resolve("a"), "old");

    AsyncFiles.path(path)
        .replace()
        .use(_ -> {
          assertThat(dir)
              .isDirectoryContaining(
                  file -> file.getFileName().toString().startsWith(".withal-replace-"));
          return null;
        });
  }
}
