package dev.withal.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The code that the Javadoc shows. */
class AsyncFilesSnippetsTest {
  @TempDir Path dir;

  @Test
  void direct_fileOfLines_countsThem() throws Exception {
    Path path = Files.writeString(dir.resolve("list.txt"), "one\ntwo\nthree\n");

    // @start region="direct"
    long lines = AsyncFiles.openText(path, UTF_8).use(file -> file.lines().count());
    // @end

    assertThat(lines).isEqualTo(3);
  }

  @Test
  void stage_headerAndBody_areWrittenInOrder() throws Exception {
    Path path = dir.resolve("out.bin");
    ByteBuffer header = ByteBuffer.wrap(new byte[] {1, 2});
    ByteBuffer body = ByteBuffer.wrap(new byte[] {3, 4, 5});

    // @start region="stage"
    CompletableFuture<@Nullable Void> done =
        AsyncFiles.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE)
            .useAsync(file -> file.writeAsync(header).thenCompose(_ -> file.writeAsync(body)));
    // @end

    done.get();
    assertThat(Files.readAllBytes(path)).containsExactly(1, 2, 3, 4, 5);
  }

  @Test
  void path_oldFiles_areDeleted() throws Exception {
    Path path = Files.writeString(dir.resolve("settings.txt"), "old");

    // @start region="path"
    AsyncPath settings = AsyncFiles.path(path);
    CompletableFuture<String> text =
        settings.writeStringAsync("new", UTF_8).thenCompose(_ -> settings.readStringAsync(UTF_8));
    // @end

    assertThat(text.get()).isEqualTo("new");
  }

  @Test
  void stream_ofATree_isFilteredInThreeLines() throws Exception {
    Path path = Files.createDirectories(dir.resolve("src/.git")).getParent();
    Files.createFile(path.resolve("A.java"));
    Files.createFile(path.resolve(".git/B.java"));

    // @start region="stream"
    Walk sources = Walk.all().into(directory -> !directory.endsWith(".git"));
    List<Path> java =
        AsyncFiles.path(path).stream(sources)
            .use(all -> all.filter(file -> file.toString().endsWith(".java")).toList());
    // @end

    assertThat(java).containsExactly(path.resolve("A.java"));
  }

  @Test
  void collected_glob_isAList() throws Exception {
    Path path = Files.createFile(dir.resolve("A.java"));

    // @start region="collected"
    CompletableFuture<List<Path>> java =
        AsyncFiles.toListAsync(AsyncFiles.path(dir).glob("**/*.java"));
    // @end

    assertThat(java.get()).containsExactly(path);
  }
}
