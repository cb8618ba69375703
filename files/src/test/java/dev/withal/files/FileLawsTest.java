package dev.withal.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.ManagerLaws;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The law suite on files: what is held are descriptors, counted by the system. */
@ExtendWith(LeakCheck.class)
@EnabledOnOs(OS.LINUX)
class FileLawsTest {
  @TempDir Path folder;

  @Test
  void file_keepsTheLaws() throws Exception {
    Path path = Files.writeString(folder.resolve("file"), "content").toRealPath();

    ManagerLaws.of(gate -> AsyncFiles.on(gate.executor("task")).open(path, StandardOpenOption.READ))
        .holding(() -> descriptors(path))
        .check();
  }

  @Test
  void textFile_keepsTheLaws() throws Exception {
    Path path = Files.writeString(folder.resolve("file"), "content").toRealPath();

    ManagerLaws.of(gate -> AsyncFiles.on(gate.executor("task")).openText(path, UTF_8))
        .holding(() -> descriptors(path))
        .check();
  }

  @Test
  void fileToWrite_keepsTheLaws() throws Exception {
    Path path = Files.writeString(folder.resolve("file"), "content").toRealPath();

    ManagerLaws.of(
            gate -> AsyncFiles.on(gate.executor("task")).open(path, StandardOpenOption.APPEND))
        .holding(() -> descriptors(path))
        .check();
  }

  @Test
  void temporaryFile_keepsTheLaws() throws Exception {
    String own = ownPrefix("file");

    ManagerLaws.of(gate -> AsyncFiles.on(gate.executor("task")).temporaryFile(own, ".txt"))
        .holding(() -> entries(Path.of(System.getProperty("java.io.tmpdir")), own))
        .check();
  }

  @Test
  void temporaryDirectory_keepsTheLaws() throws Exception {
    String own = ownPrefix("directory");

    ManagerLaws.of(gate -> AsyncFiles.on(gate.executor("task")).temporaryDirectory(own))
        .holding(() -> entries(Path.of(System.getProperty("java.io.tmpdir")), own))
        .check();
  }

  /** No other process has it, as all see the same temporary files. */
  private static String ownPrefix(String kind) {
    return "withal-laws-" + kind + "-" + ProcessHandle.current().pid() + "-";
  }

  @Test
  void replacement_keepsTheLaws() throws Exception {
    Path path = Files.writeString(folder.resolve("file"), "content");

    ManagerLaws.of(gate -> AsyncFiles.on(gate.executor("task")).path(path).replace())
        .holding(() -> entries(folder, Replacing.PREFIX))
        .check();

    assertThat(path).isRegularFile();
  }

  @Test
  void newFile_keepsTheLaws() throws Exception {
    ManagerLaws.of(
            gate -> AsyncFiles.on(gate.executor("task")).path(folder.resolve("new")).replace())
        .holding(() -> entries(folder, Replacing.PREFIX))
        .check();
  }

  @Test
  void temporaryDirectoryInADirectory_keepsTheLaws() throws Exception {
    ManagerLaws.of(gate -> AsyncFiles.on(gate.executor("task")).temporaryDirectory(folder, "own"))
        .holding(() -> entries(folder, "own"))
        .check();
  }

  @Test
  void stream_keepsTheLaws() throws Exception {
    ManagerLaws.of(gate -> AsyncFiles.on(gate.executor("task")).path(folder).stream(Walk.all()))
        .check();
  }

  @Test
  void lock_keepsTheLaws() throws Exception {
    Path path = Files.createFile(folder.resolve("lock")).toRealPath();
    // One holds it at a time: of many uses at once, all but one wait.
    var next = new AtomicInteger();

    ManagerLaws.of(gate ->
            AsyncFiles.on(gate.executor("task"))
                .path(folder.resolve("lock" + next.incrementAndGet()))
                .lock())
        .holding(() -> descriptors(folder))
        .concurrently(1)
        .check();
    assertThat(path).exists();
  }

  private static int descriptors(Path path) {
    return Descriptors.count(target -> target.startsWith(path));
  }

  private static int entries(Path directory, String prefix) {
    try (Stream<Path> all = Files.list(directory)) {
      return (int) all.filter(file -> file.getFileName().toString().startsWith(prefix)).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
