package dev.withal.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The files that this process has open, as the system tells. */
final class Descriptors {
  private Descriptors() {}

  /** {@return how many descriptors lead to a file} */
  static int of(Path path) throws IOException {
    Path real = path.toRealPath();
    return count(real::equals);
  }

  static int count(Predicate<Path> which) {
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      return (int) all.map(Descriptors::target).filter(which).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A descriptor that is gone by now, as that of the listing itself, leads nowhere. */
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
