package dev.withal.architecture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Where the modules of this build are. */
final class Modules {
  static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  static final List<String> PUBLISHED = List.of("core", "testkit", "files", "r2dbc");

  private static final List<String> ALL =
      List.of("core", "testkit", "files", "r2dbc", "examples/article", "examples/ingest");

  private Modules() {}

  static List<Path> classes() {
    return existing("target/classes");
  }

  static List<Path> testClasses() {
    return existing("target/test-classes");
  }

  /** {@return the Java files of all modules, tests included} */
  static List<Path> sources() {
    return existing("src").stream().flatMap(Modules::javaFiles).toList();
  }

  private static List<Path> existing(String folder) {
    return ALL.stream()
        .map(module -> ROOT.resolve(module).resolve(folder))
        .filter(Files::isDirectory)
        .toList();
  }

  private static Stream<Path> javaFiles(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(".java")).toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
