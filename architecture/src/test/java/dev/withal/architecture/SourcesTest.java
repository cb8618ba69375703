package dev.withal.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What only the text of the sources shows. */
class SourcesTest {
  private static final int MOST_LINES_OF_CODE = 250;

  private static final Pattern OFF = Pattern.compile("@Disabled|assumeTrue\\(false");
  private static final Pattern LATER = Pattern.compile("\\b(TODO|FIXME|XXX|HACK)\\b");

  @Test
  void files_holdOneIdea() throws IOException {
    List<Path> sources = Modules.sources();

    assertThat(sources).hasSizeGreaterThan(60);
    var tooLong = new ArrayList<String>();
    for (Path source : sources) {
      long lines = linesOfCode(source);
      if (lines > MOST_LINES_OF_CODE) {
        tooLong.add(name(source) + ": " + lines);
      }
    }
    assertThat(tooLong).isEmpty();
  }

  @Test
  void tests_areAllOn_andNothingIsLeftForLater() throws IOException {
    for (Path source : Modules.sources()) {
      String text = Files.readString(source);
      assertThat(OFF.matcher(text).find()).as(name(source)).isFalse();
      assertThat(LATER.matcher(text).find()).as(name(source)).isFalse();
    }
  }

  private static long linesOfCode(Path source) throws IOException {
    boolean comment = false;
    long code = 0;
    for (String line : Files.readAllLines(source)) {
      String text = line.strip();
      if (text.startsWith("/*")) {
        comment = true;
      }
      if (!comment && !text.isEmpty() && !text.startsWith("//")) {
        code++;
      }
      if (text.endsWith("*/")) {
        comment = false;
      }
    }
    return code;
  }

  private static String name(Path source) {
    return Modules.ROOT.relativize(source).toString();
  }
}
