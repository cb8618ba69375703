package dev.withal.benchmarks.jmh;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file that a benchmark reads, and that is gone afterwards. */
record BenchmarkFile(Path path) implements AutoCloseable {
  static final String LINE = "x".repeat(99);

  /** {@return a file of so many lines, 100 bytes each} */
  static BenchmarkFile ofLines(long lines) {
    return of(lines, (LINE + "\n").getBytes(StandardCharsets.US_ASCII));
  }

  /** {@return a file that has the bytes so many times} */
  static BenchmarkFile of(long times, byte[] bytes) {
    try {
      Path path = Files.createTempFile("withal-benchmark", "");
      path.toFile().deleteOnExit();
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(path), 1 << 20)) {
        for (long i = 0; i < times; i++) {
          out.write(bytes);
        }
      }
      return new BenchmarkFile(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
