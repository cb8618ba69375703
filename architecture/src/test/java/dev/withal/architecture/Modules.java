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
  static final List<String> PUBLISHED =
      List.of(
          "core",
          "testkit",
          "files",
          "databases/common",
          "databases/r2dbc",
          "databases/jdbc",
          "context",
          "insight",
          "tasks",
          "leases/common",
          "leases/postgresql",
          "leases/zookeeper",
          "adapters/common",
          "adapters/reactor",
          "adapters/kotlin",
          "adapters/mutiny",
          "adapters/rxjava",
          "adapters/spring");

  private static final List<String> ALL =
      List.of(
          "core",
          "testkit",
          "files",
          "databases/common",
          "databases/testing",
          "databases/r2dbc",
          "databases/jdbc",
          "context",
          "insight",
          "timeline",
          "cli",
          "adapters/common",
          "adapters/testing",
          "adapters/reactor",
          "adapters/kotlin",
          "adapters/mutiny",
          "adapters/rxjava",
          "adapters/spring",
          "tasks",
          "leases/common",
          "leases/postgresql",
          "leases/zookeeper",
          "examples/article",
          "examples/ingest",
          "examples/serve",
          "examples/recipes");

  /** Known to nobody, and partly built only on request. */
  private static final List<String> BESIDE =
      List.of("testing", "conformance", "modular", "stress", "benchmarks", "benchmarks/jvm-peers");

  private Modules() {}

  static List<Path> classes() {
    return existing(ALL, "target/classes");
  }

  static List<Path> testClasses() {
    return existing(ALL, "target/test-classes");
  }

  /** {@return the Java files of all modules, tests included} */
  static List<Path> sources() {
    return Stream.of(ALL, BESIDE)
        .flatMap(modules -> existing(modules, "src").stream())
        .flatMap(Modules::javaFiles)
        .toList();
  }

  private static List<Path> existing(List<String> modules, String folder) {
    return modules.stream()
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
