package dev.withal.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.withal.testkit.LeakCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Temporary files and directories are gone after the exit. */
@ExtendWith(LeakCheck.class)
class TemporaryTest {
  @TempDir Path dir;

  @Test
  void temporaryFile_afterTheExit_isGone() throws Exception {
    Path path =
        AsyncFiles.temporaryFile("withal", ".txt")
            .use(file -> {
              assertThat(file).isEmptyFile().hasFileName(file.getFileName().toString());
              assertThat(file.getFileName().toString()).startsWith("withal").endsWith(".txt");
              return file;
            });

    assertThat(path).doesNotExist();
  }

  @Test
  void temporaryFile_openedByFlatMap_isWrittenAndGone() throws Exception {
    Path path =
        AsyncFiles.temporaryFile("withal", "")
            .flatMap(file -> AsyncFiles.open(file, StandardOpenOption.WRITE))
            .useAsync(file -> file.writeAsync(UTF_8.encode("abc")).thenApply(_ -> file.path()))
            .get();

    assertThat(path).doesNotExist();
  }

  @Test
  void temporaryFile_deletedByTheBody_isNoError() throws Exception {
    boolean deleted = AsyncFiles.temporaryFile("withal", "").use(Files::deleteIfExists);

    assertThat(deleted).isTrue();
  }

  @Test
  void temporaryDirectory_afterAFailure_isGoneWithAllInItButNotWhatLinksLeadTo() throws Exception {
    Path outside = Files.writeString(dir.resolve("outside"), "kept");
    var failure = new IOException("body");
    var seen = new Path[1];

    assertThatThrownBy(() ->
            AsyncFiles.temporaryDirectory("withal")
                .use(temporary -> {
                  seen[0] = temporary;
                  Files.createDirectories(temporary.resolve("a/b"));
                  Files.writeString(temporary.resolve("a/b/c"), "x");
                  Files.createSymbolicLink(temporary.resolve("a/link"), outside);
                  Files.createSymbolicLink(temporary.resolve("a/up"), dir);
                  throw failure;
                }))
        .isSameAs(failure);

    assertThat(seen[0]).doesNotExist();
    assertThat(outside).hasContent("kept");
  }

  @Test
  void temporaryFile_inADirectory_isThereAndGone() throws Exception {
    Path path =
        AsyncFiles.temporaryFile(dir, "withal", ".txt")
            .use(file -> {
              assertThat(file).isEmptyFile().hasParent(dir);
              assertThat(file.getFileName().toString()).startsWith("withal").endsWith(".txt");
              return file;
            });

    assertThat(path).doesNotExist();
  }

  @Test
  void temporaryDirectory_inADirectory_isThereAndGone() throws Exception {
    Path path =
        AsyncFiles.temporaryDirectory(dir, "withal")
            .use(made -> {
              assertThat(made).isEmptyDirectory().hasParent(dir);
              assertThat(made.getFileName().toString()).startsWith("withal");
              return Files.writeString(made.resolve("a"), "x");
            });

    assertThat(path.getParent()).doesNotExist();
  }

  @Test
  void temporaryDirectory_inWhatIsNotThere_failsNamingIt() {
    Path missing = dir.resolve("missing");

    assertThatThrownBy(() -> AsyncFiles.temporaryDirectory(missing, "a").use(Files::exists))
        .isExactlyInstanceOf(NoSuchFileException.class)
        .hasMessageContaining(missing.toString());
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void temporaryDirectory_closedDirectoriesInIt_isGone() throws Exception {
    assertThat(OrdinaryUser.run(TreePrograms.ClosedTemporary.class, dir))
        .containsExactly("left: false");
  }

  @Test
  void temporaryDirectory_writtenIntoWhileItIsDeleted_isGone() throws Exception {
    var stop = new AtomicBoolean();
    var seen = new CompletableFuture<Path>();
    // A body that doesn't hear that it is to end.
    Thread writer =
        Thread.ofVirtual()
            .start(() -> {
              for (int i = 0; !stop.get(); i++) {
                try {
                  Files.writeString(seen.join().resolve("file" + i), "x");
                } catch (IOException gone) {
                  return;
                }
              }
            });

    AsyncFiles.temporaryDirectory(dir, "withal")
        .use(made -> {
          seen.complete(made);
          while (!Files.exists(made.resolve("file5"))) {
            Thread.onSpinWait();
          }
          return null;
        });

    assertThat(seen.join()).doesNotExist();
    stop.set(true);
    writer.join();
  }
}
