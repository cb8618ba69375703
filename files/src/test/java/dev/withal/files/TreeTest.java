package dev.withal.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** How trees of directories are gone through. */
@ExtendWith(LeakCheck.class)
class TreeTest {
  @TempDir Path dir;

  private List<String> walked(Walk walk) throws Exception {
    return names(AsyncFiles.toListAsync(AsyncFiles.path(dir).walk(walk)).get());
  }

  private List<String> names(List<Path> paths) {
    return paths.stream().map(dir::relativize).map(Path::toString).toList();
  }

  private void make(String... files) throws IOException {
    for (String file : files) {
      Path path = dir.resolve(file);
      if (!path.getParent().equals(dir)) {
        Files.createDirectories(path.getParent());
      }
      Files.createFile(path);
    }
  }

  @Test
  void walk_directories_comeBeforeWhatIsInThem() throws Exception {
    make("a/b/c.txt", "a/d.txt");

    assertThat(walked(Walk.all()))
        .containsExactlyInAnyOrder("", "a", "a/b", "a/b/c.txt", "a/d.txt")
        .containsSubsequence("", "a", "a/b", "a/b/c.txt")
        .startsWith("", "a");
  }

  @Test
  void walk_depth_isHowDeepItGoes() throws Exception {
    make("a/b/c.txt", "d.txt");

    assertThat(walked(Walk.all().depth(0))).containsExactly("");
    assertThat(walked(Walk.all().depth(1))).containsExactlyInAnyOrder("", "a", "d.txt");
    assertThat(walked(Walk.all().depth(2))).containsExactlyInAnyOrder("", "a", "a/b", "d.txt");
    assertThatThrownBy(() -> Walk.all().depth(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a depth of -1: use at least 0");
  }

  @Test
  void walk_into_isAskedOnceForEachDirectory() throws Exception {
    make("a/b/c.txt", "a/.git/d.txt", "e.txt");
    List<String> asked = new ArrayList<>();

    List<String> found =
        walked(
            Walk.all()
                .into(path -> {
                  asked.add(dir.relativize(path).toString());
                  return !path.endsWith(".git");
                }));

    assertThat(asked).containsExactlyInAnyOrder("", "a", "a/b", "a/.git");
    assertThat(found).containsExactlyInAnyOrder("", "a", "a/b", "a/b/c.txt", "a/.git", "e.txt");
  }

  @Test
  void walk_intoThrows_failsSo() throws Exception {
    var failure = new IllegalStateException("no");

    assertThatThrownBy(() ->
            walked(
                Walk.all()
                    .into(_ -> {
                      throw failure;
                    })))
        .hasCause(failure);
  }

  @Test
  void walk_ofWhatIsNotThere_fails() {
    Path missing = dir.resolve("missing");

    assertThatThrownBy(AsyncFiles.toListAsync(AsyncFiles.path(missing).walk())::get)
        .hasCauseExactlyInstanceOf(NoSuchFileException.class);
  }

  @Test
  void walk_ofAFile_isThatFile() throws Exception {
    make("a.txt");
    Path file = dir.resolve("a.txt");

    assertThat(AsyncFiles.toListAsync(AsyncFiles.path(file).walk()).get()).containsExactly(file);
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void walk_linkInACircle_isToldOrFailsAfterWhatWasFound() throws Exception {
    make("a/b.txt");
    Path link = Files.createSymbolicLink(dir.resolve("a/up"), dir);
    Files.createSymbolicLink(dir.resolve("nowhere"), dir.resolve("missing"));
    var journal = new Journal();

    List<String> found =
        walked(
            Walk.all()
                .followingLinks()
                .onError(
                    (path, error) -> journal.add(path + " " + error.getClass().getSimpleName())));

    assertThat(found).containsExactlyInAnyOrder("", "a", "a/b.txt", "a/up", "nowhere");
    assertThat(journal.events()).containsExactly(link + " FileSystemLoopException");
    assertThatThrownBy(() -> walked(Walk.all().followingLinks()))
        .hasCauseInstanceOf(FileSystemLoopException.class);
  }

  @Test
  void onError_throwsAnUncheckedIoException_failsAsItsCause() {
    var failure = new IOException("stop");
    Walk walk =
        Walk.all()
            .onError((_, _) -> {
              throw new UncheckedIOException(failure);
            });

    assertThatThrownBy(
            AsyncFiles.toListAsync(AsyncFiles.path(dir.resolve("missing")).walk(walk))::get)
        .hasCause(failure);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void walk_betweenElements_holdsNoDescriptorAtAnyDepth() throws Exception {
    Path deepest = dir;
    for (int i = 0; i < 300; i++) {
      deepest = Files.createDirectory(deepest.resolve("d"));
    }
    Path last = deepest;
    List<Integer> open = new ArrayList<>();

    AsyncFiles.path(dir).stream(Walk.all())
        .use(all -> {
          all.filter(last::equals)
              .forEach(_ -> open.add(Descriptors.count(path -> path.startsWith(dir))));
          return null;
        });

    assertThat(open).containsExactly(0);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void walk_deeperThanDescriptorsGo_findsAll() throws Exception {
    assertThat(
            OrdinaryUser.run(
                TreePrograms.Deep.class, dir, "sh", "-c", "ulimit -n 60; exec \"$@\"", "sh"))
        .containsExactly("1201 walked, 1201 deleted");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void unreadableDirectory_isFailedToldOrPassedAsAsked() throws Exception {
    assertThat(OrdinaryUser.run(TreePrograms.Unreadable.class, dir))
        .containsExactly(
            "glob [a.txt, z.txt]",
            "told closed AccessDeniedException",
            "walk [, a.txt, closed, z.txt]",
            "failed AccessDeniedException",
            "list failed AccessDeniedException",
            "exists failed AccessDeniedException");
  }

  // ---- what is open ----------------------------------------------------------------------------

  @Test
  @Tag("slow")
  @EnabledOnOs(OS.LINUX)
  void list_forgotten_isClosedOnceItIsUnreachable() throws Exception {
    for (int i = 0; i <= Directory.MOST; i++) {
      Files.createFile(dir.resolve("file" + i));
    }
    for (int i = 0; i < 3; i++) {
      var first = new Collected<Path>(1);
      AsyncFiles.path(dir).list().subscribe(first);
      while (first.elements.isEmpty()) {
        Thread.onSpinWait();
      }
      assertThat(Descriptors.of(dir)).isPositive();
    }

    while (Descriptors.of(dir) > 0) {
      System.gc();
    }
  }

  @Test
  void list_moreThanIsReadAtATime_hasAll() throws Exception {
    List<String> names = IntStream.range(0, Directory.MOST + 10).mapToObj(i -> "file" + i).toList();
    make(names.toArray(String[]::new));

    List<Path> all = AsyncFiles.toListAsync(AsyncFiles.path(dir).list()).get();

    assertThat(names(all)).containsExactlyInAnyOrderElementsOf(names);
  }

  // ---- streams ---------------------------------------------------------------------------------

  @Test
  @EnabledOnOs(OS.LINUX)
  void stream_leftHalfRead_isClosedByTheExit() throws Exception {
    for (int i = 0; i <= Directory.MOST; i++) {
      Files.createFile(dir.resolve("file" + i));
    }

    AsyncFiles.path(dir).stream(Walk.all())
        .use(all -> {
          var entries = all.iterator();
          entries.next();
          entries.next();
          assertThat(Descriptors.of(dir)).isPositive();
          return null;
        });

    assertThat(Descriptors.of(dir)).isZero();
  }

  @Test
  void stream_error_isUncheckedAndNamesIt() {
    Path missing = dir.resolve("missing");

    assertThat(
            catchThrowable(
                () -> AsyncFiles.path(missing).stream(Walk.all()).use(all -> all.toList())))
        .isInstanceOf(UncheckedIOException.class)
        .hasCauseInstanceOf(NoSuchFileException.class)
        .hasMessageContaining(missing.toString());
  }
}
