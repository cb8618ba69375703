package dev.withal.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.withal.testkit.LeakCheck;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.PatternSyntaxException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which entries match a pattern. */
@ExtendWith(LeakCheck.class)
class GlobTest {
  @TempDir Path dir;

  private List<String> names(List<Path> paths) {
    return paths.stream().map(dir::relativize).map(Path::toString).toList();
  }

  private void make(String... files) throws IOException {
    for (String file : files) {
      Path path = dir.resolve(file);
      Files.createDirectories(path.getParent());
      Files.createFile(path);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "*.txt;a.txt",
        "**/*.txt;a.txt b/c.txt b/d/e.txt",
        "**.txt;a.txt b/c.txt b/d/e.txt",
        "b/**/*.txt;b/c.txt b/d/e.txt",
        "**/d/**/e.txt;b/d/e.txt",
        "**/**/*.txt;a.txt b/c.txt b/d/e.txt",
        "*/*.txt;b/c.txt",
        "{b,x}/**/*.{txt,md};b/c.txt b/d/e.txt",
        "{a,**/d/e}.txt;a.txt b/d/e.txt",
        "{a,b/**/e}.txt;a.txt b/d/e.txt",
        "[*a]*;a.md a.txt",
        "b/d/**;b/d/e.txt",
        "**/b;b",
        "**/nothing;''",
      })
  void glob_pattern_matches(String pattern, String expected) throws Exception {
    make("a.txt", "a.md", "b/c.txt", "b/d/e.txt");

    List<Path> found = AsyncFiles.toListAsync(AsyncFiles.path(dir).glob(pattern)).get();

    assertThat(String.join(" ", names(found).stream().sorted().toList())).isEqualTo(expected);
  }

  @Test
  void glob_patternThatIsNone_isRefusedAtOnce() {
    AsyncPath path = AsyncFiles.path(dir);

    assertThatThrownBy(() -> path.glob("{a,{b,**/c}}")).isInstanceOf(PatternSyntaxException.class);
    assertThatThrownBy(() -> path.glob("{**/a")).isInstanceOf(PatternSyntaxException.class);
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void glob_links_areFollowedIfAsked() throws Exception {
    Path other = Files.createDirectory(dir.resolve("other"));
    make("other/a.txt", "in/b.txt");
    Files.createSymbolicLink(dir.resolve("in/link"), other);
    Files.createSymbolicLink(dir.resolve("in/up"), dir.resolve("in"));
    AsyncPath in = AsyncFiles.path(dir.resolve("in"));

    assertThat(names(AsyncFiles.toListAsync(in.glob("**/*.txt")).get()))
        .containsExactly("in/b.txt");
    assertThat(
            names(AsyncFiles.toListAsync(in.glob("**/*.txt", FileVisitOption.FOLLOW_LINKS)).get()))
        .containsExactlyInAnyOrder("in/b.txt", "in/link/a.txt");
  }
}
