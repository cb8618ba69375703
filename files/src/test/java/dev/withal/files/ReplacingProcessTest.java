package dev.withal.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A replacement as the system sees it, and what is left of one that was killed. */
@Tag("slow")
@EnabledOnOs(OS.LINUX)
class ReplacingProcessTest {
  @TempDir Path dir;

  @Test
  void replace_killed_leavesTheOldFileAndOneOfTheDocumentedName() throws Exception {
    Path path = Files.writeString(dir.resolve("settings"), "old");
    try (Program program = Program.start(List.of(), InABody.class, path.toString())) {
      program.process().destroyForcibly();
      program.process().waitFor();
    }

    assertThat(path).hasContent("old");
    List<String> left = List.of(Objects.requireNonNull(dir.toFile().list()));
    assertThat(left).hasSize(2).anyMatch(name -> name.startsWith(".withal-replace-"));
  }

  @Test
  void replace_forcesTheFileThenRenamesThenForcesTheDirectory() throws Exception {
    assumeTrue(OrdinaryUser.isOnThePath("strace"), "to see calls of the system needs strace");
    Path path = Files.writeString(dir.toRealPath().resolve("settings"), "old");
    Path trace = dir.resolve("trace");
    String calls = "trace=rename,renameat,renameat2,fsync,fdatasync";
    List<String> by = List.of("strace", "-f", "-y", "-e", calls, "-o", trace.toString());
    try (Program program = Program.start(by, InABody.class, path.toString())) {
      program.process().getOutputStream().close();
      assertThat(program.process().waitFor()).isZero();
    }

    assertThat(path).hasContent("new");
    assertThat(Files.readAllLines(trace).stream().map(line -> name(line, path)))
        .containsSubsequence("force file", "rename", "force directory")
        .doesNotContainSequence("rename", "force file");
  }

  private static String name(String line, Path path) {
    if (line.contains("rename") && line.contains(path.toString())) {
      return "rename";
    }
    if (!line.contains("sync(")) {
      return "";
    }
    if (line.contains(path.resolveSibling(".withal-replace-").toString())) {
      return "force file";
    }
    return line.contains("<" + path.getParent() + ">") ? "force directory" : "";
  }

  /** Replaces a file once its input ends. */
  static final class InABody {
    private InABody() {}

    public static void main(String[] args) throws Exception {
      AsyncFiles.path(Path.of(args[0]))
          .replace()
          .use(file -> {
            file.text(UTF_8).write("new");
            System.out.println("ready");
            return System.in.readAllBytes();
          });
    }
  }
}
