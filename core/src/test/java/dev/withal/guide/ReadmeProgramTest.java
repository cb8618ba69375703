package dev.withal.guide;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program of the README does what the README says, when it is copied and run as it says. */
@Tag("slow")
class ReadmeProgramTest {
  private static final Pattern PROGRAM =
      Pattern.compile("<!-- program: \\S+ -->\n```java\n(?<text>.*?)```", Pattern.DOTALL);
  private static final Pattern PRINTS = Pattern.compile("\nIt prints (?<lines>`.*`)\\.\n");

  @TempDir Path folder;

  @Test
  void program_copiedAndRun_printsWhatTheReadmeSays() throws Exception {
    String readme = Files.readString(readme());
    Files.writeString(folder.resolve("WholeFile.java"), only(PROGRAM, readme, "text"));
    List<String> said =
        Stream.of(only(PRINTS, readme, "lines").split(", ")).map(this::unquoted).toList();

    assertThat(run()).isEqualTo(said);
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("WholeFile.java", "report.txt", "out");
    }
  }

  private List<String> run() throws Exception {
    Path out = folder.resolve("out");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                classPath(),
                "WholeFile.java")
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start();
    try {
      assertThat(process.waitFor(25, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    List<String> printed = Files.readAllLines(out, StandardCharsets.UTF_8);
    assertThat(process.exitValue()).as("%s", printed).isZero();
    return printed;
  }

  /** Core alone, as the README says. */
  private static String classPath() {
    String classes =
        dev.withal.Async.class.getProtectionDomain().getCodeSource().getLocation().getPath();
    return new File(classes).getAbsolutePath();
  }

  private String unquoted(String line) {
    return line.replace("`", "");
  }

  private static String only(Pattern pattern, String text, String group) {
    Matcher found = pattern.matcher(text);
    assertThat(found.find()).as("%s", pattern).isTrue();
    String only = found.group(group);
    assertThat(found.find()).as("a second %s", pattern).isFalse();
    return only;
  }

  private static Path readme() {
    Path at = Path.of("").toAbsolutePath();
    while (!Files.exists(at.resolve("mvnw"))) {
      at = at.getParent();
    }
    return at.resolve("README.md");
  }
}
