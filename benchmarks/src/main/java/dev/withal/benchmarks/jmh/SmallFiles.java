package dev.withal.benchmarks.jmh;

import dev.withal.files.AsyncFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Many small files, all asked for at once. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SmallFiles {
  private static final int SIZE = 2_000;

  /** How many files. */
  @Param("10000")
  public int files;

  private final List<Path> paths = new ArrayList<>();
  private Path folder;

  @Setup
  public void setUp() throws IOException {
    folder = Files.createTempDirectory("withal-benchmark");
    for (int i = 0; i < files; i++) {
      paths.add(Files.write(folder.resolve("file" + i), new byte[SIZE]));
    }
  }

  @Benchmark
  public long withal() throws Exception {
    var reads = new ArrayList<Future<byte[]>>(files);
    for (Path path : paths) {
      reads.add(AsyncFiles.path(path).readAllBytesAsync());
    }
    return sum(reads);
  }

  @Benchmark
  public long virtualThreads() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var reads = new ArrayList<Future<byte[]>>(files);
      for (Path path : paths) {
        reads.add(threads.submit(() -> Files.readAllBytes(path)));
      }
      return sum(reads);
    }
  }

  private long sum(List<Future<byte[]>> reads) throws Exception {
    long sum = 0;
    for (Future<byte[]> read : reads) {
      sum += read.get().length;
    }
    Checks.require(sum == (long) files * SIZE, "all files are read");
    return sum;
  }

  @TearDown
  public void tearDown() throws IOException {
    for (Path path : paths) {
      Files.delete(path);
    }
    Files.delete(folder);
  }
}
