package dev.withal.files;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.withal.AsyncContextManager;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** Programs that run as a user to whom permissions apply. */
final class OrdinaryUser {
  private OrdinaryUser() {}

  /**
   * {@return the lines that a program printed} Root runs it as somebody else.
   *
   * @param by a command that runs a command
   */
  static List<String> run(Class<?> program, Path directory, String... by) throws Exception {
    List<String> command = new ArrayList<>();
    if (isRoot()) {
      assumeTrue(isOnThePath("setpriv"), "root needs setpriv to run a program as somebody else");
      for (Class<?> needed : List.of(program, AsyncFiles.class, AsyncContextManager.class)) {
        assumeTrue(canBeReached(needed), "only root can read the classes of this build");
      }
      command.addAll(List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"));
      Files.setAttribute(directory, "unix:uid", 65534);
    }
    command.addAll(List.of(by));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
    command.add(directory.toString());
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (var lines = process.inputReader()) {
      return lines.lines().toList();
    } finally {
      process.waitFor();
    }
  }

  private static boolean canBeReached(Class<?> needed) throws Exception {
    URI location = needed.getProtectionDomain().getCodeSource().getLocation().toURI();
    for (Path path = Path.of(location); path != null; path = path.getParent()) {
      if (!Files.getPosixFilePermissions(path).contains(PosixFilePermission.OTHERS_READ)) {
        return false;
      }
    }
    return true;
  }

  static boolean isRoot() throws IOException {
    return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
  }

  static boolean isOnThePath(String program) {
    return Stream.of(
            Objects.requireNonNullElse(System.getenv("PATH"), "").split(File.pathSeparator))
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
  }
}
