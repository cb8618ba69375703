package dev.withal.benchmarks.jmh;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;

/** A pipe with a name, which is gone afterwards. */
record BenchmarkFifo(Path directory) implements AutoCloseable {

  static BenchmarkFifo make() throws IOException, InterruptedException {
    var fifo = new BenchmarkFifo(Files.createTempDirectory("withal-benchmark"));
    int code = new ProcessBuilder("mkfifo", fifo.path().toString()).start().waitFor();
    Checks.require(code == 0, "mkfifo makes a pipe");
    return fifo;
  }

  Path path() {
    return directory.resolve("fifo");
  }

  /** Has bytes written to it by another thread, so many at a time. */
  void feed(int size, int times) {
    Thread.ofPlatform()
        .daemon()
        .start(() -> {
          byte[] piece = new byte[size];
          try (OutputStream out = new FileOutputStream(path().toFile())) {
            for (int i = 0; i < times; i++) {
              out.write(piece);
            }
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  /** Has what is written to it read by another process. */
  Process drain() throws IOException {
    return new ProcessBuilder("cat", path().toString()).redirectOutput(Redirect.DISCARD).start();
  }

  @Override
  public void close() {
    try {
      Files.deleteIfExists(path());
      Files.deleteIfExists(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
