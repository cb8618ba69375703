package dev.withal.files;

import static java.nio.file.StandardCopyOption.COPY_ATTRIBUTES;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.ManualExecutor;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Trees that are copied and deleted. */
@ExtendWith(LeakCheck.class)
class TreeChangesTest {
  @TempDir Path dir;

  private Path tree() throws IOException {
    Path root = Files.createDirectories(dir.resolve("tree/b/c")).getParent().getParent();
    Files.writeString(root.resolve("a"), "one");
    Files.writeString(root.resolve("b/c/d"), "two");
    return root;
  }

  private static List<String> all(Path root) throws IOException {
    try (Stream<Path> paths = Files.walk(root)) {
      return paths.map(root::relativize).map(Path::toString).sorted().toList();
    }
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  // ---- deletion --------------------------------------------------------------------------------

  @Test
  void deleteTree_tellsOfEach_directoriesAfterWhatIsInThem() throws Exception {
    Path root = tree();
    List<String> told = new ArrayList<>();

    long count =
        AsyncFiles.path(root)
            .deleteTreeAsync(path -> told.add(root.relativize(path).toString()))
            .get();

    assertThat(count).isEqualTo(5);
    assertThat(told)
        .containsExactlyInAnyOrder("a", "b/c/d", "b/c", "b", "")
        .containsSubsequence("b/c/d", "b/c", "b", "");
    assertThat(root).doesNotExist();
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void deleteTree_links_areNotFollowed() throws Exception {
    Path kept = tree();
    Path root = Files.createDirectory(dir.resolve("deleted"));
    Files.createSymbolicLink(root.resolve("link"), kept);

    assertThat(AsyncFiles.path(root.resolve("link")).deleteTreeAsync().get()).isEqualTo(1);
    Files.createSymbolicLink(root.resolve("link"), kept);
    assertThat(AsyncFiles.path(root).deleteTreeAsync().get()).isEqualTo(2);

    assertThat(all(kept)).hasSize(5);
  }

  @Test
  void deleteTree_ofAFileOrOfNothing_deletesOrFails() throws Exception {
    AsyncPath file = AsyncFiles.path(Files.createFile(dir.resolve("a")));

    assertThat(file.deleteTreeAsync().get()).isEqualTo(1);
    assertThatThrownBy(file.deleteTreeAsync()::get)
        .hasCauseExactlyInstanceOf(NoSuchFileException.class);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void deleteTree_deeperThanAPathCanSay_isGone() throws Exception {
    Path root = deep();

    AsyncFiles.path(root).deleteTreeAsync().get();

    assertThat(root).doesNotExist();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void deleteTree_ofADeepOneThatWasGivenUpBefore_isGone() throws Exception {
    Path root = deep();
    var enough = new IllegalStateException("enough");
    CompletableFuture<Long> givenUp =
        AsyncFiles.path(root)
            .deleteTreeAsync(_ -> {
              throw enough;
            });
    assertThatThrownBy(givenUp::get).hasCause(enough);

    AsyncFiles.path(root).deleteTreeAsync().get();

    assertThat(root).doesNotExist();
  }

  private Path deep() throws IOException {
    Path root = Files.createDirectory(dir.resolve("deep"));
    // A tree of 300 * 100 characters: parts of it, each moved to the end of the last one by its
    // name.
    Path inner = Files.createDirectory(dir.resolve("inner"));
    for (int i = 0; i < 300; i++) {
      Path outer = Files.createDirectory(dir.resolve("outer"));
      Files.writeString(outer.resolve("file"), "x");
      Files.move(inner, outer.resolve("d".repeat(100)));
      Files.move(outer, inner);
    }
    Files.move(inner, root.resolve("d"));
    return root;
  }

  @Test
  void deleteTree_cancelled_endsSoonAndLeavesTheRest() throws Exception {
    var executor = new ManualExecutor();
    Path root = Files.createDirectory(dir.resolve("many"));
    for (int i = 0; i < 2_000; i++) {
      Files.createFile(root.resolve("file" + i));
    }
    CompletableFuture<Long> deletion = AsyncFiles.on(executor).path(root).deleteTreeAsync();
    executor.runNext();
    executor.runNext();

    deletion.cancel(true);
    executor.runAll();

    assertThat(deletion).isCancelled();
    assertThat(root.toFile().list()).hasSizeBetween(1_000, 1_999);
  }

  @Test
  void deleteTree_progressThrows_failsSoAndEnds() throws Exception {
    Path root = tree();
    var failure = new IllegalStateException("no");

    assertThatThrownBy(
            AsyncFiles.path(root)
                    .deleteTreeAsync(_ -> {
                      throw failure;
                    })
                ::get)
        .hasCause(failure);
  }

  // ---- copies ----------------------------------------------------------------------------------

  @Test
  void copyTree_isTheSame_directoriesBeforeWhatIsInThem() throws Exception {
    Path root = tree();
    Path copy = dir.resolve("copy");
    List<String> told = new ArrayList<>();

    long count =
        AsyncFiles.path(root)
            .copyTreeAsync(copy, path -> told.add(root.relativize(path).toString()))
            .get();

    assertThat(count).isEqualTo(5);
    assertThat(told).containsSubsequence("", "b", "b/c", "b/c/d").contains("a").hasSize(5);
    assertThat(all(copy)).isEqualTo(all(root));
    assertThat(copy.resolve("b/c/d")).hasContent("two");
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void copyTree_linksAndModes_areCopied() throws Exception {
    Path root = tree();
    Files.createSymbolicLink(root.resolve("link"), Path.of("b"));
    Files.createSymbolicLink(root.resolve("nowhere"), Path.of("missing"));
    var then = FileTime.fromMillis(1_000_000_000_000L);
    Files.setLastModifiedTime(root.resolve("b"), then);
    Files.setPosixFilePermissions(root.resolve("b"), PosixFilePermissions.fromString("r-x------"));

    Path copy = dir.resolve("copy");
    AsyncFiles.path(root).copyTreeAsync(copy).get();
    Path exact = dir.resolve("exact");
    AsyncFiles.path(root).copyTreeAsync(exact, COPY_ATTRIBUTES).get();

    assertThat(Files.readSymbolicLink(copy.resolve("link"))).isEqualTo(Path.of("b"));
    assertThat(Files.exists(copy.resolve("nowhere"), LinkOption.NOFOLLOW_LINKS)).isTrue();
    assertThat(permissions(copy.resolve("b"))).isEqualTo("r-x------");
    assertThat(permissions(exact.resolve("b"))).isEqualTo("r-x------");
    assertThat(Files.getLastModifiedTime(exact.resolve("b"))).isEqualTo(then);
    Files.setPosixFilePermissions(root.resolve("b"), PosixFilePermissions.fromString("rwx------"));
  }

  @Test
  void copyTree_targetIsThere_isRefusedOrFilled() throws Exception {
    Path root = tree();
    Path copy = Files.createDirectory(dir.resolve("copy"));
    Files.writeString(copy.resolve("a"), "old");
    Files.writeString(copy.resolve("other"), "kept");

    assertThatThrownBy(AsyncFiles.path(root).copyTreeAsync(copy)::get)
        .hasCauseExactlyInstanceOf(FileAlreadyExistsException.class);
    AsyncFiles.path(root).copyTreeAsync(copy, REPLACE_EXISTING).get();

    assertThat(copy.resolve("a")).hasContent("one");
    assertThat(copy.resolve("other")).hasContent("kept");
    assertThat(copy.resolve("b/c/d")).hasContent("two");
  }

  @Test
  void copyTree_intoItself_isRefused() throws Exception {
    Path root = tree();

    for (Path target : List.of(root, root.resolve("b/new"), root.resolve("x/../new"))) {
      assertThatThrownBy(AsyncFiles.path(root).copyTreeAsync(target, REPLACE_EXISTING)::get)
          .cause()
          .isExactlyInstanceOf(FileSystemException.class)
          .hasMessage(root + " -> " + target + ": a directory can't be copied into itself");
    }
    assertThat(all(root)).hasSize(5);
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void copyTree_intoItselfThroughALink_isRefused() throws Exception {
    Path root = tree();
    Path link = Files.createSymbolicLink(dir.resolve("link"), root.resolve("b/c"));
    Path target = link.resolve("new");

    assertThatThrownBy(AsyncFiles.path(root).copyTreeAsync(target)::get)
        .cause()
        .isExactlyInstanceOf(FileSystemException.class)
        .hasMessage(root + " -> " + target + ": a directory can't be copied into itself");
    assertThat(target).doesNotExist();
  }

  @Test
  void entries_failInTheMiddleOfABatch_areToldFirst() throws Exception {
    var failure = new IOException("broken");
    Entries failing =
        into -> {
          into.add(Path.of("done"));
          throw failure;
        };
    var told = new Collected<Path>(Long.MAX_VALUE);

    PathEntries.publisher("some", AsyncFiles.onVirtualThreads(), () -> failing).subscribe(told);

    assertThat(told.done.handle((_, error) -> error).get()).isSameAs(failure);
    assertThat(told.elements).containsExactly(Path.of("done"));
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void copies_withAttributesOfTheAccess_haveThose() throws Exception {
    Path root = tree();
    FileAttribute<?> own =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    FileAccess access = AsyncFiles.onVirtualThreads().attributes(own);

    access.path(root).copyTreeAsync(dir.resolve("copy")).get();
    access.path(root.resolve("a")).copyToAsync(dir.resolve("file")).get();
    access.path(root.resolve("b")).copyToAsync(dir.resolve("directory")).get();

    assertThat(permissions(dir.resolve("copy/b/c/d"))).isEqualTo("rw-------");
    assertThat(permissions(dir.resolve("copy/b"))).isEqualTo("rwx------");
    assertThat(permissions(dir.resolve("file"))).isEqualTo("rw-------");
    assertThat(dir.resolve("file")).hasContent("one");
    assertThat(permissions(dir.resolve("directory"))).isEqualTo("rwx------");
  }

  @Test
  void copyTo_withAttributesOfTheAccess_keepsTheRulesOfCopies() throws Exception {
    Path file = tree().resolve("a");
    FileAttribute<?> own =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    AsyncPath path = AsyncFiles.onVirtualThreads().attributes(own).path(file);
    Path there = Files.writeString(dir.resolve("there"), "old");

    assertThatThrownBy(path.copyToAsync(there)::get)
        .hasCauseExactlyInstanceOf(FileAlreadyExistsException.class);
    path.copyToAsync(file).get();
    assertThat(there).hasContent("old");
    path.copyToAsync(there, REPLACE_EXISTING).get();

    assertThat(there).hasContent("one");
    assertThat(file).hasContent("one");
  }
}
