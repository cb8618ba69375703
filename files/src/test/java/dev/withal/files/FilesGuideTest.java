package dev.withal.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.testkit.LeakCheck;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The code that docs/guide/files.md shows. */
@ExtendWith(LeakCheck.class)
class FilesGuideTest {
  @TempDir Path dir;

  private Path log = Path.of("");

  @BeforeEach
  void write() throws IOException {
    log = Files.writeString(dir.resolve("log.txt"), "INFO up\nERROR broken\nINFO down\n");
  }

  @Test
  void direct_loop_findsTheErrors() throws Exception {
    var errors = new ArrayList<String>();

    // @start region="direct"
    AsyncFiles.openText(log, UTF_8)
        .run(text -> {
          for (String line = text.readLine(); line != null; line = text.readLine()) {
            if (line.startsWith("ERROR")) {
              errors.add(line);
            }
          }
        });
    // @end

    assertThat(errors).containsExactly("ERROR broken");
  }

  // @start region="stage-loop"
  CompletableFuture<Long> countErrorsAsync(AsyncTextFile text, long before) {
    long count = before;
    while (true) {
      CompletableFuture<@Nullable String> line = text.readLineAsync();
      if (!line.isDone()) {
        long soFar = count;
        return line.thenCompose(next -> counted(text, soFar, next));
      }
      if (line.join() == null) {
        return CompletableFuture.completedFuture(count);
      }
      count += line.join().startsWith("ERROR") ? 1 : 0;
    }
  }

  CompletableFuture<Long> counted(AsyncTextFile text, long before, @Nullable String line) {
    return line == null
        ? CompletableFuture.completedFuture(before)
        : countErrorsAsync(text, before + (line.startsWith("ERROR") ? 1 : 0));
  }

  // @end

  @Test
  void stage_loop_countsTheErrors() throws Exception {
    assertThat(AsyncFiles.openText(log, UTF_8).useAsync(text -> countErrorsAsync(text, 0)).get())
        .isEqualTo(1);
  }

  @Test
  void publisher_toAnotherFile_isWrittenAsItCan() throws Exception {
    Path copy = dir.resolve("copy");

    // @start region="publisher"
    CompletableFuture<Long> lines =
        AsyncFiles.openText(log, UTF_8)
            .useAsync(from ->
                AsyncFiles.openText(copy, UTF_8, CREATE, WRITE, TRUNCATE_EXISTING)
                    .useAsync(to -> {
                      Flow.Publisher<String> published = from.publishLines();
                      return to.writeLinesAsync(published);
                    }));
    // @end

    assertThat(lines.get()).isEqualTo(3);
    assertThat(copy).hasSameTextualContentAs(log);
  }

  @Test
  void bytes_headerInPlace_isRewritten() throws Exception {
    Path path = Files.write(dir.resolve("a"), new byte[20]);

    // @start region="bytes"
    AsyncFiles.open(path, READ, WRITE)
        .run(file -> {
          byte[] header = file.readBytes(8);
          header[0]++;
          file.seek(0);
          file.write(ByteBuffer.wrap(header));
          file.force();
        });
    // @end

    assertThat(Files.readAllBytes(path)).startsWith(1, 0).hasSize(20);
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void settings_executorBufferPermissions_areUsed() throws Exception {
    Path path = dir.resolve("secret");
    var ownerOnly = PosixFilePermissions.fromString("rw-------");
    try (ExecutorService pool = Executors.newFixedThreadPool(2)) {
      // @start region="settings"
      FileAccess access =
          AsyncFiles.on(pool)
              .bufferSize(1024 * 1024)
              .attributes(PosixFilePermissions.asFileAttribute(ownerOnly));
      CompletableFuture<Void> written =
          access.openText(path, UTF_8, CREATE, WRITE).useAsync(text -> text.writeAsync("password"));
      // @end
      written.get();
    }

    assertThat(path).hasContent("password");
    assertThat(Files.getPosixFilePermissions(path)).isEqualTo(ownerOnly);
  }

  @Test
  void malformed_onRequest_isReplaced() throws Exception {
    Path path = Files.write(dir.resolve("a"), new byte[] {'a', -1, 'b'});

    // @start region="replace-malformed"
    String text =
        AsyncFiles.open(path).use(file -> file.text(UTF_8, CodingErrorAction.REPLACE).readString());
    // @end

    assertThat(text).isEqualTo("a\uFFFDb");
  }

  @Test
  void mark_onRequest_tellsTheCharset() throws Exception {
    Path exported = Files.writeString(dir.resolve("a"), "\uFEFFgrün\nweiß");
    Charset windows1252 = Charset.forName("windows-1252");

    // @start region="mark"
    List<String> lines =
        AsyncFiles.open(exported).use(file -> file.textByMark(windows1252).lines().toList());
    // @end

    assertThat(lines).containsExactly("grün", "weiß");
  }

  @Test
  void replacement_ofSettings_isAllOrNothing() throws Exception {
    Path settings = Files.writeString(dir.resolve("settings"), "old");

    // @start region="replace"
    AsyncFiles.path(settings).replace().run(file -> file.text(UTF_8).writeLine("new"));
    // @end

    assertThat(settings).hasContent("new\n");
  }

  @Test
  void temporaryFileAndLock_areManagers() throws Exception {
    Path lockFile = dir.resolve("lock");

    // @start region="managers"
    long size =
        AsyncFiles.path(lockFile)
            .lock()
            .flatMap(_ -> AsyncFiles.temporaryFile("report", ".txt"))
            .flatMap(path -> AsyncFiles.openText(path, UTF_8, READ, WRITE))
            .use(report -> {
              report.writeLine("all is well");
              return report.file().size();
            });
    // @end

    assertThat(size).isEqualTo(12);
  }

  @Test
  void manyFiles_found_areReadTogether() throws Exception {
    // @start region="many"
    AsyncPath folder = AsyncFiles.path(dir);
    CompletableFuture<List<String>> texts =
        AsyncFiles.toListAsync(folder.glob("*.txt"))
            .thenCompose(paths ->
                all(
                    paths.stream()
                        .map(AsyncFiles::path)
                        .map(path -> path.readStringAsync(UTF_8))
                        .toList()));
    // @end

    assertThat(texts.get()).containsExactly(Files.readString(log));
  }

  @Test
  void tree_ofSources_isWalkedCopiedAndDeleted() throws Exception {
    Path project = Files.createDirectories(dir.resolve("project/.git")).getParent();
    Files.createFile(project.resolve("A.java"));
    Path backup = dir.resolve("backup");
    List<Path> unreadable = new ArrayList<>();

    // @start region="tree"
    Walk sources =
        Walk.all()
            .into(directory -> !directory.endsWith(".git"))
            .onError((path, error) -> unreadable.add(path));
    List<Path> java =
        AsyncFiles.path(project).stream(sources)
            .use(all -> all.filter(path -> path.toString().endsWith(".java")).toList());
    CompletableFuture<Long> copiedAndDeleted =
        AsyncFiles.path(project)
            .copyTreeAsync(backup, StandardCopyOption.COPY_ATTRIBUTES)
            .thenCompose(_ -> AsyncFiles.path(project).deleteTreeAsync());
    // @end

    assertThat(copiedAndDeleted.get()).isEqualTo(3);
    assertThat(java).containsExactly(project.resolve("A.java"));
    assertThat(unreadable).isEmpty();
    assertThat(backup.resolve("A.java")).exists();
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void fifo_nobodyWritesTo_isGivenUp() throws Exception {
    Path fifo = Fifos.make(dir.resolve("fifo"));

    // @start region="fifo"
    CompletableFuture<byte[]> read =
        AsyncFiles.open(fifo)
            .useAsync(AsyncFile::readAllBytesAsync)
            .orTimeout(100, TimeUnit.MILLISECONDS);
    // @end

    assertThat(read.handle((_, failure) -> failure).get()).isInstanceOf(TimeoutException.class);
  }

  private static <T> CompletableFuture<List<T>> all(List<CompletableFuture<T>> futures) {
    return CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new))
        .thenApply(_ -> futures.stream().map(CompletableFuture::join).toList());
  }
}
