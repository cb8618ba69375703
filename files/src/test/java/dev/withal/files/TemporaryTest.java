package dev.withal.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.withal.testkit.LeakCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
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
}
