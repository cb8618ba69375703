package dev.withal.benchmarks.jmh;

import dev.withal.files.AsyncFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A file that doesn't know its size, and is made up by the system while it is read. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ProcFile {
  private final Path path = Path.of("/proc/kallsyms");
  private int size;

  @Setup
  public void setUp() throws IOException {
    size = readAllBytes().length;
    Checks.require(size > 0, "the system has the file");
  }

  @Benchmark
  public byte[] withal() throws Exception {
    byte[] bytes = AsyncFiles.open(path).use(file -> file.readAllBytes());
    Checks.require(bytes.length == size, "all bytes are read");
    return bytes;
  }

  @Benchmark
  public byte[] readAllBytes() throws IOException {
    return Files.readAllBytes(path);
  }
}
