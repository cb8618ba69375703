package dev.withal.files;

import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.ManagerLaws;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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

  private static int descriptors(Path path) {
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      return (int) all.filter(descriptor -> path.equals(target(descriptor))).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor);
    } catch (NoSuchFileException closedMeanwhile) {
      return descriptor;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
